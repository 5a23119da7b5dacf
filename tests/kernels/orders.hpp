// In:  a check of a kernel.  Out: the check made for every order in which threads and streams may run.  Rests
// on: what the tests are linked with.
//
// With the kernel runner: forward, reverse and random. On a GPU: once, the order is the GPU's.
#pragma once

#include <functional>

namespace eev::test {

void in_every_order(const std::function<void()>& check);

}  // namespace eev::test

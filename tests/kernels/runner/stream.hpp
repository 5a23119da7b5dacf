// In:  what is begun in the stream.  Out: that, done at once, or, between begin_recording and end_recording,
// when it is replayed.  Rests on: runtime.cpp.
#pragma once

#include <functional>

namespace eev::runner {

/// A kernel, or a call of one of the libraries, finds the copies done that were begun before it.
void begin(std::function<void()> work);

}  // namespace eev::runner

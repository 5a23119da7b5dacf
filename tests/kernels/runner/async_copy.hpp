// In:  copies begun by cp.async.  Out: the same copies, done when the thread waits for them and no earlier.
// Rests on: block.
//
// On a GPU a copy may be made at any time between its begin and the wait. Here it spoils its target at the
// begin and is made as late as it may, so that whoever reads in between finds not-a-number: before the wait,
// or what was there before the copy.
#pragma once

#include <cstring>

#include "block.hpp"

namespace eev::cuda {

/// 16 bytes from global to shared memory; zeros unless `valid`.
inline void cp_async_16(void* to, const void* from, bool valid = true,
                        std::source_location place = std::source_location::current()) {
  auto& self = *runner::block::running->current;
  runner::require_that(
      (reinterpret_cast<std::uintptr_t>(to) | reinterpret_cast<std::uintptr_t>(from)) % 16 == 0,
      "cp.async at ", place, ": thread ", self.number,
      " copies from or to an address that is not aligned to 16 bytes");
  std::memset(to, 0xff, 16);
  self.copies.push_back({to, valid ? from : nullptr, self.groups});
}

/// What was begun since the last commit becomes a group.
inline void cp_async_commit() { ++runner::block::running->current->groups; }

/// Waits until at most Pending of this thread's groups are not there.
template <int Pending>
void cp_async_wait() {
  auto& self = *runner::block::running->current;
  auto copy = self.copies.begin();
  for (; copy != self.copies.end() && copy->group < self.groups - Pending; ++copy) {
    auto* to = static_cast<std::uint32_t*>(copy->to);
    const auto* from = static_cast<const std::uint32_t*>(copy->from);
    for (int word = 0; word < 4; ++word) to[word] = from ? from[word] : 0;
  }
  self.copies.erase(self.copies.begin(), copy);
}

}  // namespace eev::cuda

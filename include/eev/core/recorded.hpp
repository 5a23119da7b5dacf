// In:  work on tensors that stay where they are.  Out: the work done, each time it is asked for.  Rests on:
// std.
#pragma once

namespace eev {

/// A device that can begin the same work faster the second time has its own (cuda/recorded.hpp); the others
/// do the work again.
template <class Device>
class recorded {
 public:
  explicit recorded(Device&) {}

  template <class Work>
  void operator()(Work work) {
    work();
  }
};

}  // namespace eev

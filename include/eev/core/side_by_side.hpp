// In:  two pieces of work, neither of which touches what the other one writes.  Out: both done.  Rests on:
// std.
#pragma once

namespace eev {

/// At once on a device that can, where the longer one should come first; else one after the other.
template <class Device, class One, class Other>
void side_by_side(Device& device, One one, Other other) {
  if constexpr (requires { device.side_by_side(one, other); }) {
    device.side_by_side(one, other);
  } else {
    one();
    other();
  }
}

}  // namespace eev

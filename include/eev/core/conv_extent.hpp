// In:  the size, step and padding of a sliding window.  Out: how many places it takes.  Rests on: core/view.
#pragma once

#include <eev/core/view.hpp>

namespace eev {

/// A step or a padding: along the height, along the width.
using height_width = std::array<dim, 2>;

/// Places of a window of `size` that moves by `stride` over `extent` values with `padding` zeros at either
/// end; the last values are left over if they do not fill one.
inline dim conv_extent(dim extent, dim size, dim stride, dim padding) {
  const dim room = extent + 2 * padding - size;
  return room < 0 ? 0 : room / stride + 1;
}

}  // namespace eev

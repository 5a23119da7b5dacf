// In:  the size, step and padding of a sliding window; channels.  Out: how many places it takes; how many
// groups of filters there are. Rests on: core/epilogue, core/view.
#pragma once

#include <eev/core/epilogue.hpp>
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

/// Groups of N filters that see `channels` of the C channels each; 0 if they do not come out even.
inline dim conv_groups(dim N, dim C, dim channels) {
  const dim groups = channels > 0 && C % channels == 0 ? C / channels : 0;
  return groups > 0 && N % groups == 0 ? groups : 0;
}

/// No network has a convolution before a GELU, and oneDNN 2.6 cannot make one in bfloat16 with AMX.
inline void require_conv_epilogue(epilogue after) {
  require(after != epilogue::gelu, "conv2d: epilogue gelu; expected none, relu or add");
}

}  // namespace eev

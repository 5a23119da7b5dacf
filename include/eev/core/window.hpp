// In:  a place in a window of a shifted image.  Out: its place in the image, and which places may see each
// other. Rests on: core/view.
#pragma once

#include <eev/core/view.hpp>

namespace eev {

/// Swin's windows are 7x7 tokens (Liu et al. 2021, section 3.2).
inline constexpr dim window_side = 7;
inline constexpr dim window_tokens = window_side * window_side;

/// What a shifted window adds to the logits of tokens that were not neighbours before the cyclic shift: -100,
/// as the published networks were trained, not minus infinity.
inline constexpr float masked_logit = -100.0f;

/// The row (or column) of the image that the cyclic shift brings to `position`; `side` is the image's height
/// (or width).
inline dim unshifted(dim position, dim shift, dim side) { return (position + shift) % side; }

/// Which of the three strips of the shifted image `position` lies in: untouched, the last window's near part,
/// or the part that came round from the other side. Tokens of different strips are masked from each other.
inline dim strip(dim position, dim shift, dim side) {
  if (shift == 0) return 0;
  return position < side - window_side ? 0 : position < side - shift ? 1 : 2;
}

/// The row of the relative position bias table for a query and a key of one window: (dy + 6) 13 + (dx + 6),
/// where dy and dx are query minus key.
inline dim relative_position(dim query, dim key) {
  const dim dy = query / window_side - key / window_side, dx = query % window_side - key % window_side;
  return (dy + window_side - 1) * (2 * window_side - 1) + dx + window_side - 1;
}
inline constexpr dim relative_positions = (2 * window_side - 1) * (2 * window_side - 1);

}  // namespace eev

// In:  tokens x [B, H, W, C].  Out: every 2x2 of them as one normalised row of 4C.  Rests on:
// reference/layer_norm.
#pragma once

#include <algorithm>
#include <array>

#include <eev/reference/layer_norm.hpp>

namespace eev::reference {

/// y[b, h, w] = layer norm of x[b, 2h, 2w], x[b, 2h + 1, 2w], x[b, 2h, 2w + 1], x[b, 2h + 1, 2w + 1], one
/// after the other (the row offset runs fastest). y is [B, H/2, W/2, 4C]; gain and bias are [4C].
template <class T>
void patch_merging(device<T>& device, view<T, 4> y, const_view<T, 4> x, const_view<T, 1> gain,
                   const_view<T, 1> bias, float epsilon) {
  const auto [B, H, W, C] = x.shape;
  require(H % 2 == 0 && W % 2 == 0 && y.shape == std::array{B, H / 2, W / 2, 4 * C}, "patch_merging: y ",
          y.shape, ", x ", x.shape, "; expected y [B, H/2, W/2, 4C], x [B, H, W, C]");
  for (dim b = 0; b < B; ++b)
    for (dim h = 0; h < H / 2; ++h)
      for (dim w = 0; w < W / 2; ++w)
        for (dim part = 0; part < 4; ++part)
          for (dim c = 0; c < C; ++c) y(b, h, w, part * C + c) = x(b, 2 * h + part % 2, 2 * w + part / 2, c);
  layer_norm(device, y.rows(), y.rows(), gain, bias, epsilon);
}

}  // namespace eev::reference

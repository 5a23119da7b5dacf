// In:  images x [B, H, W, C].  Out: images y of the same shape.  Rests on: reference/device.
#pragma once

#include <array>

#include <eev/reference/device.hpp>

namespace eev::reference {

/// y[b, h, w, c] = sum of x[b, h - 1 .. h + 1, w - 1 .. w + 1, c] / 9
///
/// x is 0 outside the image, and these zeros are counted.
template <class T>
void average_pool(device<T>&, view<T, 4> y, const_view<T, 4> x) {
  const auto [B, H, W, C] = x.shape;
  require(y.shape == x.shape, "average_pool: y ", y.shape, ", x ", x.shape, "; expected y like x");
  for (dim b = 0; b < B; ++b)
    for (dim h = 0; h < H; ++h)
      for (dim w = 0; w < W; ++w)
        for (dim c = 0; c < C; ++c) {
          T sum = 0;
          for (dim i = std::max<dim>(h - 1, 0); i <= std::min(h + 1, H - 1); ++i)
            for (dim j = std::max<dim>(w - 1, 0); j <= std::min(w + 1, W - 1); ++j) sum += x(b, i, j, c);
          y(b, h, w, c) = sum / 9;
        }
}

}  // namespace eev::reference

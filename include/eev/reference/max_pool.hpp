// In:  images x [B, H, W, C].  Out: images y [B, H/2, W/2, C].  Rests on: reference/device.
#pragma once

#include <array>

#include <eev/reference/device.hpp>

namespace eev::reference {

/// y[b, h, w, c] = max of x[b, 2h .. 2h + 1, 2w .. 2w + 1, c]
///
/// A last odd row or column is left out. Not-a-number is larger than any number.
template <class T>
void max_pool(device<T>&, view<T, 4> y, const_view<T, 4> x) {
  const auto [B, H, W, C] = x.shape;
  require(y.shape == std::array{B, H / 2, W / 2, C}, "max_pool: y ", y.shape, ", x ", x.shape,
          "; expected y ", std::array{B, H / 2, W / 2, C});
  for (dim b = 0; b < B; ++b)
    for (dim h = 0; h < H / 2; ++h)
      for (dim w = 0; w < W / 2; ++w)
        for (dim c = 0; c < C; ++c) {
          T largest = x(b, 2 * h, 2 * w, c);
          for (T value :
               {x(b, 2 * h, 2 * w + 1, c), x(b, 2 * h + 1, 2 * w, c), x(b, 2 * h + 1, 2 * w + 1, c)})
            if (value > largest || value != value) largest = value;
          y(b, h, w, c) = largest;
        }
}

}  // namespace eev::reference

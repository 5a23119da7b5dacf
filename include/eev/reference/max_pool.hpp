// In:  images x [B, H, W, C].  Out: images y [B, H/2, W/2, C].  Rests on: reference/device.
#pragma once

#include <array>

#include <eev/reference/device.hpp>

namespace eev::reference {

/// y[b, h, w, c] = max of x[b, 2h .. 2h + size - 1, 2w .. 2w + size - 1, c], as far as x goes
///
/// `size` is 2 or 3. A last odd row or column is left out where size is 2. Not-a-number is larger than any
/// number.
template <class T>
void max_pool(device<T>&, view<T, 4> y, const_view<T, 4> x, dim size = 2) {
  const auto [B, H, W, C] = x.shape;
  require(y.shape == std::array{B, H / 2, W / 2, C} && (size == 2 || size == 3), "max_pool: y ", y.shape,
          ", x ", x.shape, ", size ", size, "; expected y ", std::array{B, H / 2, W / 2, C}, ", size 2 or 3");
  for (dim b = 0; b < B; ++b)
    for (dim h = 0; h < H / 2; ++h)
      for (dim w = 0; w < W / 2; ++w)
        for (dim c = 0; c < C; ++c) {
          T largest = x(b, 2 * h, 2 * w, c);
          for (dim i = 2 * h; i < std::min(2 * h + size, H); ++i)
            for (dim j = 2 * w; j < std::min(2 * w + size, W); ++j) {
              const T value = x(b, i, j, c);
              if (value > largest || value != value) largest = value;
            }
          y(b, h, w, c) = largest;
        }
}

}  // namespace eev::reference

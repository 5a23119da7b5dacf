// The fast form of reference/max_pool.hpp: rows of y shared over threads, channels side by side.
#pragma once

#include <algorithm>

#include <eev/core/bfloat16.hpp>
#include <eev/cpu/device.hpp>
#include <eev/cpu/math.hpp>

namespace eev::cpu {

/// Spec: reference/max_pool.hpp. T is float or bfloat16.
template <class T>
void max_pool(device& device, view<T, 4> y, const_view<T, 4> x, dim size = 2) {
  const auto [B, H, W, C] = x.shape;
  require(y.shape == std::array{B, H / 2, W / 2, C} && (size == 2 || size == 3), "max_pool: y ", y.shape,
          ", x ", x.shape, ", size ", size, "; expected y ", std::array{B, H / 2, W / 2, C}, ", size 2 or 3");
  const dim rows = B * (H / 2);
  auto larger = [](float a, float b) { return a > b || a != a ? a : b; };
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim row = 0; row < rows; ++row) {
    const dim b = row / (H / 2), h = row % (H / 2);
    for (dim w = 0; w < W / 2; ++w) {
      const T* __restrict above = x.data + ((b * H + 2 * h) * W + 2 * w) * C;
      const T* __restrict below = above + W * C;
      T* __restrict to = y.data + (row * (W / 2) + w) * C;
#pragma omp simd
      for (dim c = 0; c < C; ++c)
        store(to[c], larger(larger(above[c], above[c + C]), larger(below[c], below[c + C])));
      for (dim i = 0; i < std::min(size, H - 2 * h); ++i)  // and what a window of 3 has beside these 4
        for (dim j = i < 2 ? 2 : 0; j < std::min(size, W - 2 * w); ++j) {
          const T* __restrict from = above + (i * W + j) * C;
#pragma omp simd
          for (dim c = 0; c < C; ++c) store(to[c], larger(to[c], from[c]));
        }
    }
  }
}

}  // namespace eev::cpu

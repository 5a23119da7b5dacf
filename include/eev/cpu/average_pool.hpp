// The fast form of reference/average_pool.hpp: rows of y shared over threads, channels side by side.
#pragma once

#include <algorithm>

#include <eev/cpu/device.hpp>
#include <eev/cpu/math.hpp>

namespace eev::cpu {

/// Spec: reference/average_pool.hpp. T is float or bfloat16; sums are in float.
template <class T>
void average_pool(device& device, view<T, 4> y, const_view<T, 4> x) {
  require(y.shape == x.shape, "average_pool: y ", y.shape, ", x ", x.shape, "; expected y like x");
  const dim rows = x.shape[0] * x.shape[1], H = x.shape[1], W = x.shape[2], C = x.shape[3];
  auto scope = device.scope();
  auto sums = device.take<float>(device.threads(), C);
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim row = 0; row < rows; ++row) {
    const dim h = row % H, above = h > 0 ? row - 1 : row, below = h < H - 1 ? row + 1 : row;
    float* sum = sums[omp_get_thread_num()].data;
    for (dim w = 0; w < W; ++w) {
      std::fill_n(sum, C, 0.0f);
      for (dim i = above; i <= below; ++i)
        for (dim j = std::max<dim>(w - 1, 0); j <= std::min(w + 1, W - 1); ++j) {
          const T* __restrict from = x.data + (i * W + j) * C;
#pragma omp simd
          for (dim c = 0; c < C; ++c) sum[c] += float(from[c]);
        }
      T* __restrict to = y.data + (row * W + w) * C;
#pragma omp simd
      for (dim c = 0; c < C; ++c) store(to[c], sum[c] / 9);
    }
  }
}

}  // namespace eev::cpu

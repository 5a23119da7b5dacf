// The fast form of reference/mean_pool.hpp: one image a thread, token after token.
#pragma once

#include <algorithm>
#include <array>

#include <eev/core/bfloat16.hpp>
#include <eev/cpu/device.hpp>

namespace eev::cpu {

/// Spec: reference/mean_pool.hpp. T is float or bfloat16; sums are in float.
template <class T>
void mean_pool(device& device, view<float, 2> y, view<T, 3> x) {
  const auto [B, N, C] = x.shape;
  require(y.shape == std::array{B, C} && N > 0, "mean_pool: y ", y.shape, ", x ", x.shape,
          "; expected y [B, C], x [B, N, C]");
  const dim tokens = N, channels = C;
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim b = 0; b < B; ++b) {
    float* sum = y[b].data;
    std::fill_n(sum, channels, 0.0f);
    for (dim n = 0; n < tokens; ++n) {
      const T* token = x.data + (b * tokens + n) * channels;
#pragma omp simd
      for (dim c = 0; c < channels; ++c) sum[c] += float(token[c]);
    }
#pragma omp simd
    for (dim c = 0; c < channels; ++c) sum[c] /= float(tokens);
  }
}

}  // namespace eev::cpu

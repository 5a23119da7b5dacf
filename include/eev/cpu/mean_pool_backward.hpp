// The fast form of reference/mean_pool_backward.hpp: images shared over threads.
#pragma once

#include <array>

#include <eev/cpu/device.hpp>

namespace eev::cpu {

/// Spec: reference/mean_pool_backward.hpp.
inline void mean_pool_backward(device& device, view<float, 3> dx, const_view<float, 2> dy) {
  const auto [B, N, C] = dx.shape;
  require(dy.shape == std::array{B, C}, "mean_pool_backward: dx ", dx.shape, ", dy ", dy.shape,
          "; expected dx [B, N, C], dy [B, C]");
  const float share = 1 / float(N);
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim row = 0; row < B * N; ++row) {
    float* token = dx.data + row * C;
    const float* gradient = dy.data + row / N * C;
    const dim channels = C;
#pragma omp simd
    for (dim c = 0; c < channels; ++c) token[c] += share * gradient[c];
  }
}

}  // namespace eev::cpu

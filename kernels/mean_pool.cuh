// Spec: reference/mean_pool.hpp. In: x [B, N, C]. Out: y [B, C].
//
// A thread has a channel of an image and adds its N values in their order; neighbours in a warp have
// neighbouring channels.
//
// Limits: B C below 2^38. Memory: 4 B N C bytes in, 4 B C out. B N C FLOP: bound by memory.
#pragma once

#include <array>

#include <eev/cuda/mean_pool.hpp>

#include "device/primitives.cuh"

namespace eev::cuda {
namespace {

constexpr int pool_threads = 128;

__global__ void __launch_bounds__(pool_threads)
    mean_pool_channels(float* y, const float* x, dim B, dim N, dim C) {
  const dim i = dim(blockIdx.x) * pool_threads + threadIdx.x;
  if (i >= B * C) return;
  const dim b = i / C, c = i % C;
  float sum = 0;
#pragma unroll 7
  for (dim n = 0; n < N; ++n) sum += x[(b * N + n) * C + c];
  y[i] = sum / float(N);
}

}  // namespace

void mean_pool(device& device, view<float, 2> y, view<const float, 3> x) {
  const auto [B, N, C] = x.shape;
  require(y.shape == std::array{B, C} && N > 0, "mean_pool: y ", y.shape, ", x ", x.shape,
          "; expected y [B, C], x [B, N, C]");
  if (y.size() == 0) return;
  launch("mean_pool", device, blocks_for(B * C, pool_threads), pool_threads, 0, mean_pool_channels, y.data,
         x.data, B, N, C);
}

}  // namespace eev::cuda

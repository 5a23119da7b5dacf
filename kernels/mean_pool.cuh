// Spec: reference/mean_pool.hpp. In: x [B, N, C], float or bfloat16. Out: y [B, C].
//
// A thread has a channel of an image and adds its N values in their order; neighbours in a warp have
// neighbouring channels.
//
// Limits: B C below 2^38. Memory: B N C sizeof(T) bytes in, 4 B C out. B N C FLOP: bound by memory.
#pragma once

#include <array>

#include <eev/cuda/mean_pool.hpp>

#include "device/primitives.cuh"

namespace eev::cuda {
namespace {

constexpr int pool_threads = 128;

template <class T>
__global__ void __launch_bounds__(pool_threads)
    mean_pool_channels(float* y, const T* x, dim B, dim N, dim C) {
  const dim i = dim(blockIdx.x) * pool_threads + threadIdx.x;
  if (i >= B * C) return;
  const dim b = i / C, c = i % C;
  float sum = 0;
#pragma unroll 7
  for (dim n = 0; n < N; ++n) sum += load(x + (b * N + n) * C + c);
  y[i] = sum / float(N);
}

template <class T>
void mean_pool_images(device& device, view<float, 2> y, view<const T, 3> x) {
  const auto [B, N, C] = x.shape;
  require(y.shape == std::array{B, C} && N > 0, "mean_pool: y ", y.shape, ", x ", x.shape,
          "; expected y [B, C], x [B, N, C]");
  if (y.size() == 0) return;
  const auto* from = in_kernel(x.data);
  launch("mean_pool", device, blocks_for(B * C, pool_threads), pool_threads, 0,
         mean_pool_channels<std::remove_const_t<std::remove_pointer_t<decltype(from)>>>, y.data, from, B, N,
         C);
}

}  // namespace

void mean_pool(device& device, view<float, 2> y, view<const float, 3> x) { mean_pool_images(device, y, x); }
void mean_pool(device& device, view<float, 2> y, view<const bfloat16, 3> x) {
  mean_pool_images(device, y, x);
}

}  // namespace eev::cuda

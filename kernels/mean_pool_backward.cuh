// Spec: reference/mean_pool_backward.hpp. In: dy [B, C]. Out: dx [B, N, C], to which it is added.
//
// A thread has an element. Memory: 4 B N C bytes in and out, dy from the cache.
#pragma once

#include <array>

#include <eev/cuda/mean_pool_backward.hpp>

#include "device/elements.cuh"

namespace eev::cuda {
namespace {

struct pool_gradient {
  float* dx;
  const float* dy;
  dim N, C;

  __device__ void operator()(dim i) const { dx[i] += dy[i / (N * C) * C + i % C] / float(N); }
};

}  // namespace

void mean_pool_backward(device& device, view<float, 3> dx, view<const float, 2> dy) {
  const auto [B, N, C] = dx.shape;
  require(dy.shape == std::array{B, C}, "mean_pool_backward: dx ", dx.shape, ", dy ", dy.shape,
          "; expected dx [B, N, C], dy [B, C]");
  for_elements("mean_pool_backward", device, dx.size(), pool_gradient{dx.data, dy.data, N, C});
}

}  // namespace eev::cuda

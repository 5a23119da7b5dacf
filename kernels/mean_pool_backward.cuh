// Spec: reference/mean_pool_backward.hpp. In: dy [B, C]. Out: dx [B, N, C], to which it is added.
//
// A thread has four elements of a token, or one if C is not a multiple of 4. Limits: dx below 2^32 values.
// Memory: 4 B N C bytes in and out, dy from the cache.
#pragma once

#include <array>
#include <limits>

#include <eev/cuda/mean_pool_backward.hpp>

#include "device/elements.cuh"

namespace eev::cuda {
namespace {

struct pool_gradients {
  float* dx;
  const float* dy;
  unsigned image, C;  // an image has N C values
  float N;

  template <int Width>
  __device__ void at(dim i) const {
    const unsigned b = unsigned(i) / image, c = unsigned(i) % C;
    const auto before = load_pack<Width>(dx + i), gradient = load_pack<Width>(dy + dim(b) * C + c);
    store_pack(dx + i, make_pack<Width>([&](int k) { return before[k] + gradient[k] / N; }));
  }
};

}  // namespace

void mean_pool_backward(device& device, view<float, 3> dx, view<const float, 2> dy) {
  const auto [B, N, C] = dx.shape;
  require(dy.shape == std::array{B, C} && dx.size() <= std::numeric_limits<unsigned>::max(),
          "mean_pool_backward: dx ", dx.shape, ", dy ", dy.shape,
          "; expected dx [B, N, C] below 2^32 values, dy [B, C]");
  for_packs("mean_pool_backward", device, dx.size(), C % pack_width == 0 && whole_packs(dx.data, dy.data),
            pool_gradients{dx.data, dy.data, unsigned(N * C), unsigned(C), float(N)});
}

}  // namespace eev::cuda

// Spec: reference/average_pool.hpp. In: images x [B, H, W, C]. Out: images y of the same shape and type.
//
// A thread has 4 channels of one place, or one if C or an address is not a multiple of 4 values. Limits: y
// below 2^32 values. Memory: the bytes of x in, from the caches 9 times, and those of y out.
#pragma once

#include <limits>

#include <eev/cuda/average_pool.hpp>

#include "device/elements.cuh"

namespace eev::cuda {
namespace {

// ---- kernel ----

template <int Channels, class T>
struct average_of_nine {
  T* y;
  const T* x;
  int H, W;
  unsigned vectors;  // of a place's channels

  __device__ void operator()(dim i) const {
    const unsigned place = unsigned(i) / vectors, c = Channels * (unsigned(i) % vectors);
    const int w = int(place % W), h = int(place / W % H);
    const dim C = dim(Channels) * vectors;
    float4 sum = make_float4(0, 0, 0, 0);
    for (int row = h > 0 ? -1 : 0; row <= (h < H - 1 ? 1 : 0); ++row)
      for (int column = w > 0 ? -1 : 0; column <= (w < W - 1 ? 1 : 0); ++column) {
        const T* from = x + (dim(place) + row * W + column) * C + c;
        if constexpr (Channels == 4) {
          const float4 value = load4(from);
          sum = make_float4(sum.x + value.x, sum.y + value.y, sum.z + value.z, sum.w + value.w);
        } else {
          sum.x += load(from);
        }
      }
    if constexpr (Channels == 4)
      store4(y + place * C + c, make_float4(sum.x / 9, sum.y / 9, sum.z / 9, sum.w / 9));
    else
      store(y + place * C + c, sum.x / 9);
  }
};

// ---- launcher ----

template <class T>
void average_pool_images(device& device, view<T, 4> y, view<const T, 4> x) {
  const auto [B, H, W, C] = x.shape;
  require(y.shape == x.shape && y.size() <= std::numeric_limits<unsigned>::max(), "average_pool: y ", y.shape,
          ", x ", x.shape, "; expected y like x, below 2^32 values");
  auto* to = in_kernel(y.data);
  const auto* from = in_kernel(x.data);
  using element = std::remove_pointer_t<decltype(to)>;
  if (C % 4 == 0 && aligned_to(4 * sizeof(T), to) && aligned_to(4 * sizeof(T), from))
    for_elements("average_pool", device, y.size() / 4,
                 average_of_nine<4, element>{to, from, int(H), int(W), unsigned(C / 4)});
  else
    for_elements("average_pool", device, y.size(),
                 average_of_nine<1, element>{to, from, int(H), int(W), unsigned(C)});
}

}  // namespace

void average_pool(device& device, view<float, 4> y, view<const float, 4> x) {
  average_pool_images(device, y, x);
}
void average_pool(device& device, view<bfloat16, 4> y, view<const bfloat16, 4> x) {
  average_pool_images(device, y, x);
}

}  // namespace eev::cuda

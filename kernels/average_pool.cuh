// Spec: reference/average_pool.hpp. In: images x [B, H, W, C]. Out: images y of the same shape and type.
//
// A thread has 4 channels of 4 places side by side, or one channel if C or an address is not a multiple of 4
// values: it sums the 6 columns of 3 places that it sees, and each mean is of 3 of these sums. Limits: y
// below 2^32 values. Memory: the bytes of x in, from the caches 4.5 times, and those of y out.
#pragma once

#include <limits>

#include <eev/cuda/average_pool.hpp>

#include "device/elements.cuh"

namespace eev::cuda {
namespace {

// ---- kernel ----

constexpr int places_a_thread = 4;

template <int Width, class T>
struct averages_of_nine {
  T* y;
  const T* x;
  int H, W;
  unsigned vectors, strips;  // of a place's channels, of a row's places

  /// The sum over the rows h - 1 .. h + 1 of column w; `from` is row h. Nothing is outside the image.
  __device__ pack<Width> column(const T* from, int h, int w) const {
    pack<Width> sum{};
    if (w < 0 || w >= W) return sum;
    const dim C = dim(Width) * vectors;
#pragma unroll
    for (int row = -1; row <= 1; ++row)
      if (h + row >= 0 && h + row < H) {
        const auto value = load_pack<Width>(from + (dim(row) * W + w) * C);
        sum = make_pack<Width>([&](int k) { return sum[k] + value[k]; });
      }
    return sum;
  }

  __device__ void operator()(dim i) const {
    const unsigned strip = unsigned(i) / vectors, row = strip / strips;  // of all rows of all images
    const int first = places_a_thread * int(strip % strips), h = int(row % H);
    const dim C = dim(Width) * vectors, begin = dim(row) * W * C + Width * (unsigned(i) % vectors);
    pack<Width> columns[places_a_thread + 2];
#pragma unroll
    for (int k = 0; k < places_a_thread + 2; ++k) columns[k] = column(x + begin, h, first + k - 1);
#pragma unroll
    for (int k = 0; k < places_a_thread; ++k)
      if (first + k < W)
        store_pack(y + begin + (first + k) * C, make_pack<Width>([&](int c) {
                     return (columns[k][c] + columns[k + 1][c] + columns[k + 2][c]) / 9;
                   }));
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
  const unsigned strips = blocks_for(W, places_a_thread);
  if (C % pack_width == 0 && whole_packs(to, from))
    for_elements(
        "average_pool", device, B * H * strips * (C / pack_width),
        averages_of_nine<pack_width, element>{to, from, int(H), int(W), unsigned(C / pack_width), strips});
  else
    for_elements("average_pool", device, B * H * strips * C,
                 averages_of_nine<1, element>{to, from, int(H), int(W), unsigned(C), strips});
}

}  // namespace

void average_pool(device& device, view<float, 4> y, view<const float, 4> x) {
  average_pool_images(device, y, x);
}
void average_pool(device& device, view<bfloat16, 4> y, view<const bfloat16, 4> x) {
  average_pool_images(device, y, x);
}

}  // namespace eev::cuda

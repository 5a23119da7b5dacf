// Spec: reference/max_pool.hpp. In: images x [B, H, W, C]. Out: images y [B, H/2, W/2, C], of the type of x.
//
// A thread has 4 channels of one place of y, or one if C or an address is not a multiple of 4 values. Limits:
// y below 2^32 values. Memory: 4 times the bytes of y in (9 times where windows of 3 come from the caches),
// those of y out.
#pragma once

#include <limits>

#include <eev/cuda/max_pool.hpp>

#include "device/elements.cuh"

namespace eev::cuda {
namespace {

// ---- kernel ----

/// Not-a-number is larger than any number.
__device__ __forceinline__ float larger(float a, float b) { return a > b || a != a ? a : b; }
template <int Width>
__device__ __forceinline__ pack<Width> larger(const pack<Width>& a, const pack<Width>& b) {
  return make_pack<Width>([&](int k) { return larger(a[k], b[k]); });
}

template <int Size, class T>
struct largest_in_windows {
  T* y;
  const T* x;
  unsigned H, W, C;

  template <int Width>
  __device__ void at(dim i) const {
    const unsigned place = unsigned(i) / C, c = unsigned(i) % C;
    const unsigned row = place / (W / 2), w = place % (W / 2), b = row / (H / 2), h = row % (H / 2);
    const T* first = x + ((dim(b) * H + 2 * h) * W + 2 * w) * C + c;
    auto largest = load_pack<Width>(first);
#pragma unroll
    for (unsigned i = 0; i < Size; ++i)
#pragma unroll
      for (unsigned j = 0; j < Size; ++j)
        if (i < 2 && j < 2 ? i + j > 0 : 2 * h + i < H && 2 * w + j < W)
          largest = larger(largest, load_pack<Width>(first + (dim(i) * W + j) * C));
    store_pack(y + i, largest);
  }
};

// ---- launchers ----

template <int Size, class T>
void max_pool_windows(device& device, view<T, 4> y, view<const T, 4> x) {
  const auto [B, H, W, C] = x.shape;
  auto* to = in_kernel(y.data);
  const auto* from = in_kernel(x.data);
  for_packs("max_pool", device, y.size(), C % pack_width == 0 && whole_packs(to, from),
            largest_in_windows<Size, std::remove_pointer_t<decltype(to)>>{to, from, unsigned(H), unsigned(W),
                                                                          unsigned(C)});
}

template <class T>
void max_pool_images(device& device, view<T, 4> y, view<const T, 4> x, dim size) {
  const auto [B, H, W, C] = x.shape;
  require(y.shape == std::array{B, H / 2, W / 2, C} && y.size() <= std::numeric_limits<unsigned>::max() &&
              (size == 2 || size == 3),
          "max_pool: y ", y.shape, ", x ", x.shape, ", size ", size, "; expected y ",
          std::array{B, H / 2, W / 2, C}, " below 2^32 values, size 2 or 3");
  if (size == 2) return max_pool_windows<2>(device, y, x);
  max_pool_windows<3>(device, y, x);
}

}  // namespace

void max_pool(device& device, view<float, 4> y, view<const float, 4> x, dim size) {
  max_pool_images(device, y, x, size);
}
void max_pool(device& device, view<bfloat16, 4> y, view<const bfloat16, 4> x, dim size) {
  max_pool_images(device, y, x, size);
}

}  // namespace eev::cuda

// Spec: reference/excite.hpp. In: a branch x [B, N, C], its gates' logits [B, C], a residual y [B, N, C], of
// the type of x. Out: y.
//
// A thread has 4 channels of one place, or one if C or an address is not a multiple of 4 values; it computes
// its gates itself, which costs less than to wait for them. Limits: y below 2^32 values. Memory: 3 times the
// bytes of y.
#pragma once

#include <array>
#include <limits>

#include <eev/cuda/excite.hpp>

#include "device/activations.cuh"
#include "device/elements.cuh"

namespace eev::cuda {
namespace {

// ---- kernel ----

__device__ __forceinline__ float excited(float y, float x, float logit) {
  const float sum = y + sigmoid_of(logit) * x;
  return sum < 0 ? 0 : sum;
}

template <class T>
struct excited_elements {
  T* y;
  const T* x;
  const float* logits;
  unsigned image, C;  // an image has N C values

  template <int Width>
  __device__ void at(dim i) const {
    const unsigned b = unsigned(i) / image, c = unsigned(i) % C;
    const auto before = load_pack<Width>(y + i), branch = load_pack<Width>(x + i),
               by = load_pack<Width>(logits + dim(b) * C + c);
    store_pack(y + i, make_pack<Width>([&](int k) { return excited(before[k], branch[k], by[k]); }));
  }
};

// ---- launcher ----

template <class T>
void excite_images(device& device, view<T, 3> y, view<const T, 3> x, view<const float, 2> logits) {
  const auto [B, N, C] = x.shape;
  require(y.shape == x.shape && logits.shape == std::array{B, C} &&
              y.size() <= std::numeric_limits<unsigned>::max(),
          "excite: y ", y.shape, ", x ", x.shape, ", logits ", logits.shape,
          "; expected y and x [B, N, C] below 2^32 values, logits [B, C]");
  auto* to = in_kernel(y.data);
  const auto* from = in_kernel(x.data);
  for_packs("excite", device, y.size(), C % pack_width == 0 && whole_packs(to, from, logits.data),
            excited_elements<std::remove_pointer_t<decltype(to)>>{to, from, logits.data, unsigned(N * C),
                                                                  unsigned(C)});
}

}  // namespace

void excite(device& device, view<float, 3> y, view<const float, 3> x, view<const float, 2> logits) {
  excite_images(device, y, x, logits);
}
void excite(device& device, view<bfloat16, 3> y, view<const bfloat16, 3> x, view<const float, 2> logits) {
  excite_images(device, y, x, logits);
}

}  // namespace eev::cuda

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

template <int Channels, class T>
struct excited_element {
  T* y;
  const T* x;
  const float* logits;
  unsigned image, vectors;  // threads of an image, of a place

  __device__ void operator()(dim i) const {
    const dim at = i * Channels;
    const float* logit = logits + (unsigned(i) / image * dim(vectors) + unsigned(i) % vectors) * Channels;
    if constexpr (Channels == 4) {
      const float4 before = load4(y + at), branch = load4(x + at), by = load4(logit);
      store4(y + at, make_float4(excited(before.x, branch.x, by.x), excited(before.y, branch.y, by.y),
                                 excited(before.z, branch.z, by.z), excited(before.w, branch.w, by.w)));
    } else {
      store(y + at, excited(load(y + at), load(x + at), *logit));
    }
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
  using element = std::remove_pointer_t<decltype(to)>;
  if (C % 4 == 0 && aligned_to(4 * sizeof(T), to) && aligned_to(4 * sizeof(T), from) &&
      aligned_to(16, logits.data))
    for_elements("excite", device, y.size() / 4,
                 excited_element<4, element>{to, from, logits.data, unsigned(N * C / 4), unsigned(C / 4)});
  else
    for_elements("excite", device, y.size(),
                 excited_element<1, element>{to, from, logits.data, unsigned(N * C), unsigned(C)});
}

}  // namespace

void excite(device& device, view<float, 3> y, view<const float, 3> x, view<const float, 2> logits) {
  excite_images(device, y, x, logits);
}
void excite(device& device, view<bfloat16, 3> y, view<const bfloat16, 3> x, view<const float, 2> logits) {
  excite_images(device, y, x, logits);
}

}  // namespace eev::cuda

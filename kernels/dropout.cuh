// Spec: reference/dropout.hpp. In: rows x [R, C], a rate, a stream of random numbers. Out: rows y [R, C].
//
// A thread has an element and draws the number of that index, so the mask is never stored. Memory: 4 R C
// bytes in and as many out.
#pragma once

#include <eev/core/random.hpp>
#include <eev/cuda/dropout.hpp>

#include "device/elements.cuh"

namespace eev::cuda {
namespace {

// ---- kernel ----

struct dropped_element {
  float* y;
  const float* x;
  float rate;
  std::uint64_t stream;

  __device__ void operator()(dim i) const {
    y[i] = unit_of(random_bits(stream, std::uint64_t(i))) >= rate ? x[i] / (1 - rate) : 0;
  }
};

}  // namespace

// ---- launcher ----

void dropout(device& device, view<float, 2> y, view<const float, 2> x, float rate, std::uint64_t stream) {
  require(y.shape == x.shape && rate >= 0 && rate < 1, "dropout: y ", y.shape, ", x ", x.shape, ", rate ",
          rate, "; expected y like x, 0 <= rate < 1");
  for_elements("dropout", device, x.size(), dropped_element{y.data, x.data, rate, stream});
}

}  // namespace eev::cuda

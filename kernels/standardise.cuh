// Spec: reference/standardise.hpp. In: rows x [R, C], mean and deviation [C]. Out: rows y [R, C].
//
// A thread has an element. Memory: 4 R C bytes in (mean and deviation come from the cache), as many out.
#pragma once

#include <eev/cuda/standardise.hpp>

#include "device/elements.cuh"

namespace eev::cuda {
namespace {

struct standard_element {
  float* y;
  const float *x, *mean, *deviation;
  dim C;

  __device__ void operator()(dim i) const {
    const dim c = i % C;
    y[i] = (x[i] - mean[c]) / deviation[c];
  }
};

}  // namespace

void standardise(device& device, view<float, 2> y, view<const float, 2> x, view<const float, 1> mean,
                 view<const float, 1> deviation) {
  const auto [R, C] = x.shape;
  require(y.shape == x.shape && mean.shape[0] == C && deviation.shape[0] == C, "standardise: y ", y.shape,
          ", x ", x.shape, ", mean ", mean.shape, ", deviation ", deviation.shape,
          "; expected y like x, mean and deviation [", C, "]");
  for_elements("standardise", device, x.size(),
               standard_element{y.data, x.data, mean.data, deviation.data, C});
}

}  // namespace eev::cuda

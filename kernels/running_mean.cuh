// Spec: reference/running_mean.hpp. In: mean [N], x [N], a count. Out: mean.
//
// A thread has an element. Memory: 8 N bytes in, 4 N out.
#pragma once

#include <eev/cuda/running_mean.hpp>

#include "device/elements.cuh"

namespace eev::cuda {
namespace {

// ---- kernel ----

struct mean_element {
  float* mean;
  const float* x;
  dim count;

  __device__ void operator()(dim i) const {
    mean[i] = count == 1 ? x[i] : mean[i] + (x[i] - mean[i]) / float(count);
  }
};

}  // namespace

// ---- launcher ----

void running_mean(device& device, view<float, 1> mean, view<const float, 1> x, dim count) {
  require(mean.shape == x.shape && count >= 1, "running_mean: mean ", mean.shape, ", x ", x.shape, ", count ",
          count, "; expected the same shape twice, counts from 1");
  for_elements("running_mean", device, x.size(), mean_element{mean.data, x.data, count});
}

}  // namespace eev::cuda

// Spec: reference/running_mean.hpp. In: mean [N], x [N], a count. Out: mean.
//
// A thread has four elements. Memory: 8 N bytes in, 4 N out.
#pragma once

#include <eev/cuda/running_mean.hpp>

#include "device/elements.cuh"

namespace eev::cuda {
namespace {

// ---- kernel ----

struct mean_elements {
  float* mean;
  const float* x;
  dim count;

  template <int Width>
  __device__ void at(dim i) const {
    const auto before = load_pack<Width>(mean + i), next = load_pack<Width>(x + i);
    store_pack(mean + i, make_pack<Width>([&](int k) {
                 return count == 1 ? next[k] : before[k] + (next[k] - before[k]) / float(count);
               }));
  }
};

}  // namespace

// ---- launcher ----

void running_mean(device& device, view<float, 1> mean, view<const float, 1> x, dim count) {
  require(mean.shape == x.shape && count >= 1, "running_mean: mean ", mean.shape, ", x ", x.shape, ", count ",
          count, "; expected the same shape twice, counts from 1");
  for_packs("running_mean", device, x.size(), whole_packs(mean.data, x.data),
            mean_elements{mean.data, x.data, count});
}

}  // namespace eev::cuda

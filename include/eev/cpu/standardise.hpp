// The fast form of reference/standardise.hpp: rows shared over threads.
#pragma once

#include <eev/cpu/device.hpp>

namespace eev::cpu {

/// Spec: reference/standardise.hpp.
inline void standardise(device& device, view<float, 2> y, const_view<float, 2> x, const_view<float, 1> mean,
                        const_view<float, 1> deviation) {
  const auto [R, C] = x.shape;
  require(y.shape == x.shape && mean.shape[0] == C && deviation.shape[0] == C, "standardise: y ", y.shape,
          ", x ", x.shape, ", mean ", mean.shape, ", deviation ", deviation.shape,
          "; expected y like x, mean and deviation [", C, "]");
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim r = 0; r < R; ++r) {
    float* row = y.data + r * C;
    const float* from = x.data + r * C;
#pragma omp simd
    for (dim c = 0; c < C; ++c) row[c] = (from[c] - mean.data[c]) / deviation.data[c];
  }
}

}  // namespace eev::cpu

// The fast form of reference/running_mean.hpp: elements shared over threads.
#pragma once

#include <eev/cpu/device.hpp>

namespace eev::cpu {

/// Spec: reference/running_mean.hpp.
inline void running_mean(device& device, view<float, 1> mean, const_view<float, 1> x, dim count) {
  require(mean.shape == x.shape && count >= 1, "running_mean: mean ", mean.shape, ", x ", x.shape, ", count ",
          count, "; expected the same shape twice, counts from 1");
  const float divisor = float(count);
#pragma omp parallel for simd num_threads(device.threads()) schedule(static)
  for (dim i = 0; i < x.size(); ++i)
    mean.data[i] = count == 1 ? x.data[i] : mean.data[i] + (x.data[i] - mean.data[i]) / divisor;
}

}  // namespace eev::cpu

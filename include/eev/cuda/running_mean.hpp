// The CUDA form of reference/running_mean.hpp, defined in kernels/running_mean.cuh.
#pragma once

#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/running_mean.hpp.
void running_mean(device& device, view<float, 1> mean, view<const float, 1> x, dim count);

}  // namespace eev::cuda

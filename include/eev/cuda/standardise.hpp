// The CUDA form of reference/standardise.hpp, defined in kernels/standardise.cuh.
#pragma once

#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/standardise.hpp. y may be x.
void standardise(device& device, view<float, 2> y, view<const float, 2> x, view<const float, 1> mean,
                 view<const float, 1> deviation);

}  // namespace eev::cuda

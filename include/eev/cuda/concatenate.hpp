// The CUDA form of reference/concatenate.hpp, defined in kernels/concatenate.cuh.
#pragma once

#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/concatenate.hpp.
void concatenate(device& device, view<float, 2> y, view<const float, 2> a, view<const float, 2> b);

}  // namespace eev::cuda

// The CUDA form of reference/clip_norm.hpp, defined in kernels/clip_norm.cuh.
#pragma once

#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/clip_norm.hpp. The norm is summed in double.
void clip_norm(device& device, view<float, 1> gradient, view<float, 1> norm, double limit);

}  // namespace eev::cuda

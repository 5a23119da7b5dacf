// The CUDA form of reference/concatenate_backward.hpp, defined in kernels/concatenate_backward.cuh.
#pragma once

#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/concatenate_backward.hpp.
void concatenate_backward(device& device, view<float, 2> da, view<float, 2> db, view<const float, 2> dy);

}  // namespace eev::cuda

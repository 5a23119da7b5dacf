// The CUDA form of reference/mean_pool_backward.hpp, defined in kernels/mean_pool_backward.cuh.
#pragma once

#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/mean_pool_backward.hpp.
void mean_pool_backward(device& device, view<float, 3> dx, view<const float, 2> dy);

}  // namespace eev::cuda

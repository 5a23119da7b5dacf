// The CUDA form of reference/max_pool.hpp, defined in kernels/max_pool.cuh.
#pragma once

#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/max_pool.hpp.
void max_pool(device& device, view<float, 4> y, view<const float, 4> x, dim size = 2);
void max_pool(device& device, view<bfloat16, 4> y, view<const bfloat16, 4> x, dim size = 2);

}  // namespace eev::cuda

// The CUDA form of reference/mean_pool.hpp, defined in kernels/mean_pool.cuh.
#pragma once

#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/mean_pool.hpp. Sums are in float.
void mean_pool(device& device, view<float, 2> y, view<const float, 3> x);
void mean_pool(device& device, view<float, 2> y, view<const bfloat16, 3> x);

}  // namespace eev::cuda

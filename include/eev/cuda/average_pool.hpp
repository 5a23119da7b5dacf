// The CUDA form of reference/average_pool.hpp, defined in kernels/average_pool.cuh.
#pragma once

#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/average_pool.hpp. Sums are in float.
void average_pool(device& device, view<float, 4> y, view<const float, 4> x);
void average_pool(device& device, view<bfloat16, 4> y, view<const bfloat16, 4> x);

}  // namespace eev::cuda

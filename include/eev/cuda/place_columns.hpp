// The CUDA form of reference/place_columns.hpp, defined in kernels/place_columns.cuh.
#pragma once

#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/place_columns.hpp.
void place_columns(device& device, view<float, 2> y, view<const float, 2> x, dim first);
void place_columns(device& device, view<bfloat16, 2> y, view<const bfloat16, 2> x, dim first);

}  // namespace eev::cuda

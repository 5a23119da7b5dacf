// The CUDA form of reference/patch_merging.hpp, defined in kernels/patch_merging.cuh.
#pragma once

#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/patch_merging.hpp. Sums are in float.
void patch_merging(device& device, view<float, 4> y, view<const float, 4> x, view<const float, 1> gain,
                   view<const float, 1> bias, float epsilon);
void patch_merging(device& device, view<bfloat16, 4> y, view<const float, 4> x, view<const float, 1> gain,
                   view<const float, 1> bias, float epsilon);

}  // namespace eev::cuda

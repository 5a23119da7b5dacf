// The CUDA form of reference/layer_norm.hpp, defined in kernels/layer_norm.cuh.
#pragma once

#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/layer_norm.hpp. Sums are in float. y may be x.
void layer_norm(device& device, view<float, 2> y, view<const float, 2> x, view<const float, 1> gain,
                view<const float, 1> bias, float epsilon);
void layer_norm(device& device, view<bfloat16, 2> y, view<const float, 2> x, view<const float, 1> gain,
                view<const float, 1> bias, float epsilon);

}  // namespace eev::cuda

// The CUDA form of reference/gru.hpp, defined in kernels/gru.cuh.
#pragma once

#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/gru.hpp. With weights in bfloat16 the state is rounded to it where it is multiplied with
/// them; sums and the state itself are float.
void gru(device& device, view<float, 3> y, view<const float, 4> projected,
         const std::array<view<const float, 2>, 2>& weight, view<const float, 2> bias);
void gru(device& device, view<float, 3> y, view<const float, 4> projected,
         const std::array<view<const bfloat16, 2>, 2>& weight, view<const float, 2> bias);
void gru(device& device, view<bfloat16, 3> y, view<const float, 4> projected,
         const std::array<view<const bfloat16, 2>, 2>& weight, view<const float, 2> bias);

}  // namespace eev::cuda

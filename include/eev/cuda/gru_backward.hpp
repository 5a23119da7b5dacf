// The CUDA form of reference/gru_backward.hpp, defined in kernels/gru_backward.cuh.
#pragma once

#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/gru_backward.hpp. The states are those of gru(), to the bit.
void gru_forward(device& device, view<float, 3> y, view<float, 4> kept, view<const float, 4> projected,
                 view<const float, 3> weight, view<const float, 2> bias);

/// Spec: reference/gru_backward.hpp.
void gru_backward(device& device, view<float, 4> dprojected, view<float, 3> dweight, view<float, 2> dbias,
                  view<const float, 3> dy, view<const float, 3> y, view<const float, 4> kept,
                  view<const float, 3> weight);

}  // namespace eev::cuda

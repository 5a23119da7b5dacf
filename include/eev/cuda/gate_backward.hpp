// The CUDA form of reference/gate_backward.hpp, defined in kernels/gate_backward.cuh.
#pragma once

#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/gate_backward.hpp. dx may be dy, dlogits may be the logits.
void gate_backward(device& device, view<float, 2> dx, view<float, 2> dlogits, view<const float, 2> dy,
                   view<const float, 2> x, view<const float, 2> logits);

/// Spec: reference/gate_backward.hpp. dx may be dy.
void sigmoid_backward(device& device, view<float, 2> dx, view<const float, 2> dy, view<const float, 2> y);

}  // namespace eev::cuda

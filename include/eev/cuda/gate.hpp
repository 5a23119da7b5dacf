// The CUDA form of reference/gate.hpp, defined in kernels/gate.cuh.
#pragma once

#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/gate.hpp. y may be x.
void sigmoid(device& device, view<float, 2> y, view<const float, 2> x);

/// Spec: reference/gate.hpp. y may be x or the logits.
void gate(device& device, view<float, 2> y, view<const float, 2> x, view<const float, 2> logits);

}  // namespace eev::cuda

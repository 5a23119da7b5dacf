// The CUDA form of reference/elementwise_loss.hpp, defined in kernels/elementwise_loss.cuh.
#pragma once

#include <eev/core/loss.hpp>
#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/elementwise_loss.hpp. Sums are in double.
void elementwise_loss(device& device, view<float, 1> loss, view<float, 3> dp, view<const float, 3> p,
                      view<const float, 3> y, view<const float, 2> mask, const elementwise_weights& weight);

}  // namespace eev::cuda

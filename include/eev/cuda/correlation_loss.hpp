// The CUDA form of reference/correlation_loss.hpp, defined in kernels/correlation_loss.cuh.
#pragma once

#include <eev/core/epilogue.hpp>
#include <eev/core/loss.hpp>
#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/correlation_loss.hpp. Sums are in double.
void correlation_loss(device& device, view<float, 1> loss, view<float, 3> dp, view<const float, 3> p,
                      view<const float, 3> y, view<const float, 2> mask, const correlation_weights& weight,
                      epilogue after = epilogue::none);

}  // namespace eev::cuda

// The CUDA form of reference/adam.hpp, defined in kernels/adam.cuh.
#pragma once

#include <eev/core/adam_settings.hpp>
#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/adam.hpp.
void adam(device& device, view<float, 1> x, view<float, 1> mean, view<float, 1> square,
          view<const float, 1> gradient, const adam_settings& settings, dim step);

}  // namespace eev::cuda

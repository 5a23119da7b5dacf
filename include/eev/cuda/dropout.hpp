// The CUDA form of reference/dropout.hpp, defined in kernels/dropout.cuh.
#pragma once

#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/dropout.hpp. y may be x.
void dropout(device& device, view<float, 2> y, view<const float, 2> x, float rate, std::uint64_t stream);

}  // namespace eev::cuda

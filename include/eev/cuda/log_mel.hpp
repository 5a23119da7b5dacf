// The CUDA form of reference/log_mel.hpp, defined in kernels/log_mel.cuh.
#pragma once

#include <eev/core/mel_bands.hpp>
#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/log_mel.hpp.
void log_mel(device& device, view<float, 2> y, view<const float, 1> samples);
void log_mel(device& device, view<bfloat16, 2> y, view<const float, 1> samples);

}  // namespace eev::cuda

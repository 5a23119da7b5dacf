// The CUDA form of reference/window_attention.hpp, defined in kernels/window_attention.cuh.
#pragma once

#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/window_attention.hpp, for heads of width 32; y and qkv aligned to 16 bytes. Products and
/// sums of the first are in float; the second multiplies bfloat16 on tensor cores, summing in float.
void window_attention(device& device, view<float, 4> y, view<const float, 4> qkv, view<const float, 3> bias,
                      dim shift);
void window_attention(device& device, view<bfloat16, 4> y, view<const bfloat16, 4> qkv,
                      view<const float, 3> bias, dim shift);

}  // namespace eev::cuda

// The CUDA form of reference/nv12_to_rgb.hpp, defined in kernels/nv12_to_rgb.cuh.
#pragma once

#include <cstdint>

#include <eev/core/colour_matrix.hpp>
#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/nv12_to_rgb.hpp. Integers throughout, so the bits are the reference's.
void nv12_to_rgb(device& device, view<std::uint8_t, 3> rgb, view<const std::uint8_t, 2> luma,
                 view<const std::uint8_t, 3> chroma, colour_matrix matrix);

}  // namespace eev::cuda

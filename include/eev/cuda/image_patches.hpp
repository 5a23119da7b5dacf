// The CUDA form of reference/image_patches.hpp, defined in kernels/image_patches.cuh.
#pragma once

#include <cstdint>

#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/image_patches.hpp; rgb aligned to 4 bytes, y to 4 of its elements.
void image_patches(device& device, view<float, 4> y, view<const std::uint8_t, 4> rgb);
void image_patches(device& device, view<bfloat16, 4> y, view<const std::uint8_t, 4> rgb);

}  // namespace eev::cuda

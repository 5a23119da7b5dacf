// The CUDA form of reference/normalise_image.hpp, defined in kernels/normalise_image.cuh.
#pragma once

#include <cstdint>

#include <eev/core/image_statistics.hpp>
#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/normalise_image.hpp.
void normalise_image(device& device, view<float, 4> y, view<const std::uint8_t, 4> rgb,
                     const image_statistics& colours);
void normalise_image(device& device, view<bfloat16, 4> y, view<const std::uint8_t, 4> rgb,
                     const image_statistics& colours);

}  // namespace eev::cuda

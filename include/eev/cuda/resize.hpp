// The CUDA form of reference/resize.hpp, defined in kernels/resize.cuh.
#pragma once

#include <cstdint>

#include <eev/core/resampling.hpp>
#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/resize.hpp, for 3 channels. Integers throughout, so the bits are the reference's.
void resize(device& device, view<std::uint8_t, 3> y, view<const std::uint8_t, 3> x, resize_window window);

/// All of x resized to the size of y.
inline void resize(device& device, view<std::uint8_t, 3> y, view<const std::uint8_t, 3> x) {
  resize(device, y, x, {y.shape[0], y.shape[1], 0, 0});
}

}  // namespace eev::cuda

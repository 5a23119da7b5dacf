// The fast form of reference/normalise_image.hpp: one multiplication and one addition a value, rows of pixels
// shared over threads.
#pragma once

#include <array>
#include <cstdint>

#include <eev/core/image_statistics.hpp>
#include <eev/cpu/device.hpp>
#include <eev/cpu/math.hpp>

namespace eev::cpu {

/// Spec: reference/normalise_image.hpp. T is float or bfloat16.
template <class T>
void normalise_image(device& device, view<T, 4> y, const_view<std::uint8_t, 4> rgb,
                     const image_statistics& colours) {
  require(rgb.shape[3] == 3 && y.shape == rgb.shape, "normalise_image: y ", y.shape, ", rgb ", rgb.shape,
          "; expected twice [B, H, W, 3]");
  float scale[3], shift[3];
  for (int c = 0; c < 3; ++c) {
    scale[c] = float(1 / (255 * colours.deviation[c]));
    shift[c] = float(-colours.mean[c] / colours.deviation[c]);
  }
  const dim rows = y.shape[0] * y.shape[1], row = y.shape[2] * 3;
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim i = 0; i < rows; ++i)
    for (dim at = i * row; at < (i + 1) * row; at += 3)
      for (dim c = 0; c < 3; ++c) store(y.data[at + c], float(rgb.data[at + c]) * scale[c] + shift[c]);
}

}  // namespace eev::cpu

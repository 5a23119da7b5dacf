// Spec: reference/normalise_image.hpp. In: rgb [B, H, W, 3], 8 bits. Out: y [B, H, W, 3], float or bfloat16.
//
// A thread has a value. Memory: a byte in and sizeof(T) bytes out a value. 2 FLOP a value: bound by memory.
#pragma once

#include <eev/cuda/normalise_image.hpp>

#include "device/elements.cuh"

namespace eev::cuda {
namespace {

// ---- kernel ----

/// value * scale + shift = (value / 255 - mean) / deviation, for red, green and blue.
template <class T>
struct normalised_colour {
  T* y;
  const std::uint8_t* rgb;
  float scale[3] = {}, shift[3] = {};

  __device__ void operator()(dim i) const {
    const int c = int(i % 3);
    store(y + i, float(rgb[i]) * scale[c] + shift[c]);
  }
};

// ---- launcher ----

template <class T>
void normalise_images(device& device, view<T, 4> y, view<const std::uint8_t, 4> rgb,
                      const image_statistics& colours) {
  require(rgb.shape[3] == 3 && y.shape == rgb.shape, "normalise_image: y ", y.shape, ", rgb ", rgb.shape,
          "; expected twice [B, H, W, 3]");
  normalised_colour<std::remove_pointer_t<decltype(in_kernel(y.data))>> element{in_kernel(y.data), rgb.data};
  for (int c = 0; c < 3; ++c) {
    element.scale[c] = float(1 / (255 * colours.deviation[c]));
    element.shift[c] = float(-colours.mean[c] / colours.deviation[c]);
  }
  for_elements("normalise_image", device, y.size(), element);
}

}  // namespace

void normalise_image(device& device, view<float, 4> y, view<const std::uint8_t, 4> rgb,
                     const image_statistics& colours) {
  normalise_images(device, y, rgb, colours);
}
void normalise_image(device& device, view<bfloat16, 4> y, view<const std::uint8_t, 4> rgb,
                     const image_statistics& colours) {
  normalise_images(device, y, rgb, colours);
}

}  // namespace eev::cuda

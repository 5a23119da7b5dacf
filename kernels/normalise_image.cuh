// Spec: reference/normalise_image.hpp. In: rgb [B, H, W, 3], 8 bits. Out: y [B, H, W, 3], float or bfloat16.
//
// A thread has 4 pixels, 12 bytes as 3 words in, 12 values as 3 vectors out; byte by byte the last few, and
// all where rgb does not begin at whole words or y at whole vectors. Memory: a byte in and sizeof(T) bytes
// out a value. 2 FLOP a value: bound by memory.
#pragma once

#include <eev/cuda/normalise_image.hpp>

#include "device/colours.cuh"
#include "device/elements.cuh"

namespace eev::cuda {
namespace {

// ---- kernel ----

template <class T>
struct normalised_pixels {
  static constexpr int values = 12;  // of 4 pixels

  T* y;
  const std::uint8_t* rgb;
  colour_scales colours;
  dim size;
  bool vectors;

  __device__ void operator()(dim i) const {
    T* to = y + i * values;
    const std::uint8_t* from = rgb + i * values;
    const dim left = size - i * values;
    if (!vectors || left < values) {
      for (int k = 0; k < values && k < left; ++k) store(to + k, colours(from[k], k % 3));
      return;
    }
    const auto* words = reinterpret_cast<const std::uint32_t*>(from);
    const std::uint32_t pixels[3] = {words[0], words[1], words[2]};
    const auto value = [&](int k) { return colours(byte_of(pixels, k), k % 3); };
#pragma unroll
    for (int k = 0; k < values; k += 4)
      store4(to + k, make_float4(value(k), value(k + 1), value(k + 2), value(k + 3)));
  }
};

// ---- launcher ----

template <class T>
void normalise_images(device& device, view<T, 4> y, view<const std::uint8_t, 4> rgb,
                      const image_statistics& colours) {
  require(rgb.shape[3] == 3 && y.shape == rgb.shape, "normalise_image: y ", y.shape, ", rgb ", rgb.shape,
          "; expected twice [B, H, W, 3]");
  using pixels = normalised_pixels<std::remove_pointer_t<decltype(in_kernel(y.data))>>;
  const bool vectors = aligned_to(4, rgb.data) && aligned_to(4 * sizeof(T), y.data);
  for_elements("normalise_image", device, blocks_for(y.size(), pixels::values),
               pixels{in_kernel(y.data), rgb.data, colour_scales(colours), y.size(), vectors});
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

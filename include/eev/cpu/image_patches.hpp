// The fast form of reference/image_patches.hpp: a table of the 256 values of each colour, threads over rows
// of patches.
#pragma once

#include <array>
#include <cstdint>

#include <eev/core/image_statistics.hpp>
#include <eev/cpu/device.hpp>

namespace eev::cpu {

/// Spec: reference/image_patches.hpp. T is float or bfloat16.
template <class T>
void image_patches(device& device, view<T, 4> y, const_view<std::uint8_t, 4> rgb) {
  const auto [B, H, W, colours] = rgb.shape;
  require(H % 4 == 0 && W % 4 == 0 && colours == 3 && y.shape == std::array{B, H / 4, W / 4, dim{48}},
          "image_patches: y ", y.shape, ", rgb ", rgb.shape,
          "; expected y [B, H/4, W/4, 48], rgb [B, H, W, 3]");
  std::array<std::array<T, 256>, 3> table;
  for (int c = 0; c < 3; ++c)
    for (int v = 0; v < 256; ++v)
      table[c][v] = T(float((v / 255.0 - imagenet_mean[c]) / imagenet_deviation[c]));

  const dim width = W;  // a structured binding cannot enter the parallel region
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim row = 0; row < B * H / 4; ++row) {  // the images' rows of patches lie one after the other
    const std::uint8_t* pixels = rgb.data + row * 4 * width * 3;
    T* patch = y.data + row * (width / 4) * 48;
    for (dim w = 0; w < width / 4; ++w, patch += 48)
      for (dim i = 0; i < 4; ++i)
        for (dim j = 0; j < 4; ++j)
          for (dim c = 0; c < 3; ++c)
            patch[16 * c + 4 * i + j] = table[c][pixels[(i * width + 4 * w + j) * 3 + c]];
  }
}

}  // namespace eev::cpu

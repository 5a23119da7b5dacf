// The fast form of reference/nv12_to_rgb.hpp: threads over rows; a row's chroma is first mixed of its two
// rows of samples, with one more at the end, so that nothing is decided inside the loop.
#pragma once

#include <algorithm>
#include <array>

#include <eev/core/colour_matrix.hpp>
#include <eev/cpu/device.hpp>

namespace eev::cpu {

/// Spec: reference/nv12_to_rgb.hpp. Integers throughout, so the bits are the reference's.
inline void nv12_to_rgb(device& device, view<std::uint8_t, 3> rgb, const_view<std::uint8_t, 2> luma,
                        const_view<std::uint8_t, 3> chroma, colour_matrix matrix) {
  const auto [H, W] = luma.shape;
  const dim rows = (H + 1) / 2, columns = (W + 1) / 2;
  require(rgb.shape == std::array{H, W, dim{3}} && chroma.shape == std::array{rows, columns, dim{2}},
          "nv12_to_rgb: rgb ", rgb.shape, ", luma ", luma.shape, ", chroma ", chroma.shape,
          "; expected rgb [H, W, 3], luma [H, W], chroma [(H + 1) / 2, (W + 1) / 2, 2]");
  if (rgb.size() == 0) return;
  const colour_factors by(matrix);
  auto scope = device.scope();
  auto scratch = device.take<std::int32_t>(device.threads(), 2 * (columns + 1));
  const dim width = W;
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim i = 0; i < H; ++i) {
    const dim near_row = i / 2,
              far_row = std::clamp<dim>(i % 2 == 0 ? near_row - 1 : near_row + 1, 0, rows - 1);
    const std::uint8_t* near = chroma[near_row].data;
    const std::uint8_t* far = chroma[far_row].data;
    std::int32_t* mixed = scratch[omp_get_thread_num()].data;  // U and V in quarters
#pragma omp simd
    for (dim k = 0; k < 2 * columns; ++k) mixed[k] = 3 * near[k] + far[k];
    std::copy_n(mixed + 2 * columns - 2, 2, mixed + 2 * columns);

    const std::uint8_t* light = luma[i].data;
    std::uint8_t* to = rgb[i].data;
    for (dim j = 0; j < width; ++j) {
      const std::int32_t* left = mixed + j / 2 * 2;
      const std::int32_t* right = left + j % 2 * 2;
      const std::int32_t u = left[0] + right[0] - 8 * 128, v = left[1] + right[1] - 8 * 128;
      const std::int32_t sum = by.luma * (light[j] - by.black);
      to[3 * j] = colour_byte(sum + by.red_from_v * v);
      to[3 * j + 1] = colour_byte(sum + by.green_from_u * u + by.green_from_v * v);
      to[3 * j + 2] = colour_byte(sum + by.blue_from_u * u);
    }
  }
}

}  // namespace eev::cpu

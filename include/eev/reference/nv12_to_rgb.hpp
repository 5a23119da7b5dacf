// In:  a frame as hardware decoders give it: luma [H, W], chroma [H/2, W/2, 2] (halves rounded up), 8 bits.
// Out: rgb [H, W, 3].  Rests on: core/colour_matrix, reference/device.
#pragma once

#include <algorithm>
#include <array>

#include <eev/core/colour_matrix.hpp>
#include <eev/reference/device.hpp>

namespace eev::reference {

/// rgb[i, j] = colour of luma[i, j] and of the chroma (U, V) there, by core/colour_matrix.hpp.
///
/// A chroma sample lies on an even column and between two rows, as MPEG-2, H.264 and H.265 have it unless
/// they say otherwise. It is interpolated linearly: 3/4 of the nearer row and 1/4 of the next one; on odd
/// columns the mean of both neighbours. At the border the last sample stands for the missing one.
template <class T>
void nv12_to_rgb(device<T>&, view<std::uint8_t, 3> rgb, const_view<std::uint8_t, 2> luma,
                 const_view<std::uint8_t, 3> chroma, colour_matrix matrix) {
  const auto [H, W] = luma.shape;
  const dim rows = (H + 1) / 2, columns = (W + 1) / 2;
  require(rgb.shape == std::array{H, W, dim{3}} && chroma.shape == std::array{rows, columns, dim{2}},
          "nv12_to_rgb: rgb ", rgb.shape, ", luma ", luma.shape, ", chroma ", chroma.shape,
          "; expected rgb [H, W, 3], luma [H, W], chroma [(H + 1) / 2, (W + 1) / 2, 2]");
  const colour_factors by(matrix);
  for (dim i = 0; i < H; ++i)
    for (dim j = 0; j < W; ++j) {
      const dim near = i / 2, far = std::clamp<dim>(i % 2 == 0 ? near - 1 : near + 1, 0, rows - 1);
      const dim left = j / 2, right = std::min(left + j % 2, columns - 1);
      const auto eighths = [&](dim c) {
        return 3 * (chroma(near, left, c) + chroma(near, right, c)) + chroma(far, left, c) +
               chroma(far, right, c) - 8 * 128;
      };
      const std::int32_t u = eighths(0), v = eighths(1), light = by.luma * (luma(i, j) - by.black);
      rgb(i, j, 0) = colour_byte(light + by.red_from_v * v);
      rgb(i, j, 1) = colour_byte(light + by.green_from_u * u + by.green_from_v * v);
      rgb(i, j, 2) = colour_byte(light + by.blue_from_u * u);
    }
}

}  // namespace eev::reference

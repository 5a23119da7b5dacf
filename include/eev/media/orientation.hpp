// In:  pixels, and how they are to be turned.  Out: an image [H, W, 3].  Rests on: media/image.
#pragma once

#include <array>
#include <cstdint>
#include <cstdlib>

#include <eev/media/image.hpp>

namespace eev::media {

/// One of the eight ways to lay a picture down: mirrored along its own axes, then transposed.
struct orientation {
  bool mirror_x = false, mirror_y = false, transpose = false;

  /// The nearest to a display matrix (16.16 fixed point, rows (a b u) (c d v) (x y w)), which takes the pixel
  /// (x, y) to (a x + c y, b x + d y), y downwards. Exact for turns by 90 degrees and mirrors; an angle
  /// between is rounded.
  static orientation from_matrix(const std::int32_t* matrix) {
    std::int64_t a = matrix[0], b = matrix[1], c = matrix[3], d = matrix[4];
    if (std::llabs(a) + std::llabs(d) >= std::llabs(b) + std::llabs(c)) return {a < 0, d < 0, false};
    return {b < 0, c < 0, true};
  }
};

/// The picture whose reds, greens and blues begin at `colours`, each `step` bytes from the one left of it
/// and `stride` from the one above.
template <int step>
image upright(std::array<const std::uint8_t*, 3> colours, int height, int width, int stride,
              orientation turn) {
  image result{turn.transpose ? width : height, turn.transpose ? height : width, {}};
  result.pixels.resize(std::size_t(3) * std::size_t(height) * std::size_t(width));
  const dim step_x = turn.transpose ? result.width : 1, step_y = turn.transpose ? 1 : result.width;
  for (int y = 0; y < height; ++y) {
    const auto [red, green, blue] = colours;
    std::uint8_t* row = result.pixels.data() + 3 * step_y * (turn.mirror_y ? height - 1 - y : y);
    for (int x = 0; x < width; ++x) {
      std::uint8_t* to = row + 3 * step_x * (turn.mirror_x ? width - 1 - x : x);
      to[0] = red[step * x], to[1] = green[step * x], to[2] = blue[step * x];
    }
    for (const std::uint8_t*& colour : colours) colour += stride;
  }
  return result;
}

}  // namespace eev::media

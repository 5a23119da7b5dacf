// Inputs by formula, the same as tools/golden/inputs.py makes.
#pragma once

#include <cstdint>
#include <vector>

#include <eev/core/view.hpp>

namespace eev::test {

/// [B, H, W, 3], 8 bits: slanted stripes of another slope in each colour, and a texture that no filter
/// flattens.
inline std::vector<std::uint8_t> formula_image(dim B, dim H, dim W) {
  std::vector<std::uint8_t> pixels;
  for (dim b = 0; b < B; ++b)
    for (dim h = 0; h < H; ++h)
      for (dim w = 0; w < W; ++w)
        for (dim c = 0; c < 3; ++c) {
          const dim texture = (h * h * 7 + w * w * 13 + h * w * (5 + c)) % 61;
          pixels.push_back(std::uint8_t((h * (2 + c) + w * (3 - c) + 50 * b + 80 * c + texture) % 256));
        }
  return pixels;
}

}  // namespace eev::test

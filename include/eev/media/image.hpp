// In:  nothing.  Out: the type of a picture, and how large one may be.  Rests on: core/view.
#pragma once

#include <cstdint>
#include <vector>

#include <eev/core/view.hpp>

namespace eev::media {

/// 8-bit sRGB pixels [H, W, 3], as they are meant to be looked at: rotation applied, full range.
struct image {
  dim height = 0, width = 0;
  std::vector<std::uint8_t> pixels;

  view<const std::uint8_t, 3> tensor() const { return {pixels.data(), {height, width, 3}}; }
};

/// Of a picture, 8192 x 8192: a file's header can ask for any memory.
inline constexpr dim most_pixels = dim{1} << 26;

}  // namespace eev::media

// In:  bytes of red, green and blue.  Out: what networks read.  Rests on: core/image_statistics.
#pragma once

#include <eev/core/image_statistics.hpp>

namespace eev::cuda {
namespace {

/// value * scale + shift = (value / 255 - mean) / deviation, for red, green and blue.
struct colour_scales {
  float scale[3], shift[3];

  explicit colour_scales(const image_statistics& colours) {
    for (int c = 0; c < 3; ++c) {
      scale[c] = float(1 / (255 * colours.deviation[c]));
      shift[c] = float(-colours.mean[c] / colours.deviation[c]);
    }
  }

  __device__ float operator()(std::uint32_t value, int c) const { return float(value) * scale[c] + shift[c]; }
};

/// Byte `i` of 12, which are 4 pixels in 3 words.
__device__ __forceinline__ std::uint32_t byte_of(const std::uint32_t (&words)[3], int i) {
  return words[i / 4] >> 8 * (i % 4) & 255;
}

}  // namespace
}  // namespace eev::cuda

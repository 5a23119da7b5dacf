// In:  a size.  Out: a frame in NV12, and its colours by a device.  Rests on: close.
#pragma once

#include <cstdint>
#include <vector>

#include <eev/core/colour_matrix.hpp>

#include "close.hpp"

namespace eev::test {

struct nv12_frame {
  dim H, W;
  std::vector<std::uint8_t> luma, chroma;

  static nv12_frame of_one_colour(dim H, dim W, int Y, int U, int V) {
    nv12_frame frame{H, W, std::vector<std::uint8_t>(H * W, std::uint8_t(Y)), {}};
    for (dim i = 0; i < (H + 1) / 2 * ((W + 1) / 2); ++i)
      frame.chroma.insert(frame.chroma.end(), {std::uint8_t(U), std::uint8_t(V)});
    return frame;
  }

  /// Every byte anything.
  static nv12_frame by_formula(dim H, dim W) {
    nv12_frame frame = of_one_colour(H, W, 0, 0, 0);
    for (dim i = 0; i < H * W; ++i) frame.luma[i] = std::uint8_t(i * i * 7 + i * 29 + 3);
    for (dim i = 0; i < dim(frame.chroma.size()); ++i)
      frame.chroma[i] = std::uint8_t(i * i * 13 + i * 5 + 90);
    return frame;
  }

  /// By a device on the host's memory.
  template <class Device>
  std::vector<std::uint8_t> rgb_of(Device&& device, colour_matrix matrix) const {
    std::vector<std::uint8_t> rgb(H * W * 3);
    nv12_to_rgb(device, shaped(rgb, H, W, 3), shaped(luma, H, W), shaped(chroma, (H + 1) / 2, (W + 1) / 2, 2),
                matrix);
    return rgb;
  }
};

}  // namespace eev::test

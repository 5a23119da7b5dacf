// In:  images [B, H, W, 3], 8 bits a colour.  Out: their 4x4 patches as rows of 48 numbers.  Rests on:
// reference/device.
#pragma once

#include <array>
#include <cstdint>

#include <eev/core/image_statistics.hpp>
#include <eev/reference/device.hpp>

namespace eev::reference {

/// y[b, h, w, 16 c + 4 i + j] = (rgb[b, 4h + i, 4w + j, c] / 255 - mean[c]) / deviation[c]
///
/// y is [B, H/4, W/4, 48], in the order of a 4x4 convolution's weights [N, 3, 4, 4], so that the patch
/// embedding is a linear layer. Mean and deviation are ImageNet's.
template <class T>
void image_patches(device<T>&, view<T, 4> y, const_view<std::uint8_t, 4> rgb) {
  const auto [B, H, W, colours] = rgb.shape;
  require(H % 4 == 0 && W % 4 == 0 && colours == 3 && y.shape == std::array{B, H / 4, W / 4, dim{48}},
          "image_patches: y ", y.shape, ", rgb ", rgb.shape,
          "; expected y [B, H/4, W/4, 48], rgb [B, H, W, 3]");
  for (dim b = 0; b < B; ++b)
    for (dim h = 0; h < H / 4; ++h)
      for (dim w = 0; w < W / 4; ++w)
        for (dim c = 0; c < 3; ++c)
          for (dim i = 0; i < 4; ++i)
            for (dim j = 0; j < 4; ++j)
              y(b, h, w, 16 * c + 4 * i + j) =
                  (T(rgb(b, 4 * h + i, 4 * w + j, c)) / 255 - T(imagenet_mean[c])) / T(imagenet_deviation[c]);
}

}  // namespace eev::reference

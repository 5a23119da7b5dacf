// In:  images [B, H, W, 3], 8 bits a colour.  Out: the same as numbers around 0.  Rests on: reference/device.
#pragma once

#include <array>
#include <cstdint>

#include <eev/core/image_statistics.hpp>
#include <eev/reference/device.hpp>

namespace eev::reference {

/// y[b, h, w, c] = (rgb[b, h, w, c] / 255 - mean[c]) / deviation[c]
template <class T>
void normalise_image(device<T>&, view<T, 4> y, const_view<std::uint8_t, 4> rgb,
                     const image_statistics& colours) {
  require(rgb.shape[3] == 3 && y.shape == rgb.shape, "normalise_image: y ", y.shape, ", rgb ", rgb.shape,
          "; expected twice [B, H, W, 3]");
  for (dim i = 0; i < y.size(); ++i) {
    const dim c = i % 3;
    y.data[i] = (T(rgb.data[i]) / 255 - T(colours.mean[c])) / T(colours.deviation[c]);
  }
}

}  // namespace eev::reference

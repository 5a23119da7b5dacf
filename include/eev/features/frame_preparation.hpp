// In:  a frame of any size [H, W, 3], 8 bits.  Out: the square [side, side, 3] that a network looks at. Rests
// on: core/resampling; the device's resize().
#pragma once

#include <eev/core/resampling.hpp>

namespace eev::features {

enum class frame_resize {
  stretch,  ///< to the square, whatever the frame's proportions: the paper's words
  crop      ///< the shorter side to 8/7 of the square's (256 for 224), then the middle: the networks' own
            ///< evaluation
};

/// y [side, side, 3] from x [H, W, 3].
template <class Device>
void prepare_frame(Device& device, view<std::uint8_t, 3> y, const_view<std::uint8_t, 3> x, frame_resize how,
                   resize_filter filter = resize_filter::bicubic) {
  const dim side = y.shape[0], H = x.shape[0], W = x.shape[1];
  require(y.shape[1] == side && H > 0 && W > 0, "prepare_frame: y ", y.shape, ", x ", x.shape,
          "; expected a square y and an x with pixels");
  if (how == frame_resize::stretch) return resize(device, y, x, {side, side, 0, 0, filter});

  // torchvision's Resize(shorter) and CenterCrop(side), which rounds halves to even.
  const dim shorter = side * 8 / 7;
  const dim height = H <= W ? shorter : shorter * H / W, width = H <= W ? shorter * W / H : shorter;
  const auto middle = [side](dim length) {
    const dim half = (length - side) / 2;
    return (length - side) % 2 == 0 ? half : half + half % 2;
  };
  resize(device, y, x, {height, width, middle(height), middle(width), filter});
}

}  // namespace eev::features

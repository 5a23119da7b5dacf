// In:  an image x [H, W, 3], 8 bits.  Out: y [h, w, 3], a part of x resized.  Rests on: core/resampling,
// reference/device.
#pragma once

#include <eev/core/resampling.hpp>
#include <eev/reference/device.hpp>

namespace eev::reference {

/// y[i, j, c] = pixel(sum over k of x[i, first(j) + k, c] weight(j, k))
inline void resize_across(view<std::uint8_t, 3> y, const_view<std::uint8_t, 3> x,
                          const resample_table& table) {
  const auto [H, w, channels] = y.shape;
  for (dim i = 0; i < H; ++i)
    for (dim j = 0; j < w; ++j)
      for (dim c = 0; c < channels; ++c) {
        std::int32_t sum = 0;
        for (dim k = 0; k < table.count(j); ++k) sum += x(i, table.first(j) + k, c) * table.weight(j, k);
        y(i, j, c) = resampled_pixel(sum);
      }
}

/// y[i, j, c] = pixel(sum over k of x[first(i) + k, j, c] weight(i, k))
inline void resize_down(view<std::uint8_t, 3> y, const_view<std::uint8_t, 3> x, const resample_table& table) {
  const auto [h, W, channels] = y.shape;
  for (dim i = 0; i < h; ++i)
    for (dim j = 0; j < W; ++j)
      for (dim c = 0; c < channels; ++c) {
        std::int32_t sum = 0;
        for (dim k = 0; k < table.count(i); ++k) sum += x(table.first(i) + k, j, c) * table.weight(i, k);
        y(i, j, c) = resampled_pixel(sum);
      }
}

/// y = Pillow's x.resize((window.width, window.height), BICUBIC or BILINEAR) from (window.top, window.left)
/// on: one pass across, one down, in the order that vertical_first() says; both round to 8 bits.
template <class T>
void resize(device<T>& device, view<std::uint8_t, 3> y, const_view<std::uint8_t, 3> x, resize_window window) {
  const auto [h, w, channels] = y.shape;
  const auto [H, W, same] = x.shape;
  require(H > 0 && W > 0 && channels == same && window.top >= 0 && window.left >= 0 &&
              window.top + h <= window.height && window.left + w <= window.width,
          "resize: y ", y.shape, ", x ", x.shape, ", resized to ", std::array{window.height, window.width},
          " from ", std::array{window.top, window.left}, " on; expected y inside the resized image");
  auto scope = device.scope();
  const auto across = make_resample_table(device, {window.filter, w, window.left, W, window.width});
  const auto down = make_resample_table(device, {window.filter, h, window.top, H, window.height});
  if (vertical_first(H, W, window.height, window.width)) {
    auto between = device.template take<std::uint8_t>(h, W, channels);
    resize_down(between, x, down);
    resize_across(y, between, across);
  } else {
    auto between = device.template take<std::uint8_t>(H, w, channels);
    resize_across(between, x, across);
    resize_down(y, between, down);
  }
}

/// All of x resized to the size of y.
template <class T>
void resize(device<T>& device, view<std::uint8_t, 3> y, const_view<std::uint8_t, 3> x) {
  resize(device, y, x, {y.shape[0], y.shape[1], 0, 0});
}

}  // namespace eev::reference

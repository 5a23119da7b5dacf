// The fast form of reference/resize.hpp: the pass across takes 16 rows at a time, one a lane, and only rows
// that the pass down reads. Integers throughout, so the bits are the reference's.
#pragma once

#include <algorithm>

#include <eev/core/resampling.hpp>
#include <eev/cpu/device.hpp>

namespace eev::cpu {

namespace detail {

inline constexpr dim resize_lanes = 16;

/// The rows `row` .. `row` + 15 of x (the last one repeated below the image) with one row a lane.
inline void interleave(std::uint8_t* __restrict lanes, const_view<std::uint8_t, 3> x, dim row) {
  const dim length = x.shape[1] * x.shape[2];
  const std::uint8_t* rows[resize_lanes];
  for (dim lane = 0; lane < resize_lanes; ++lane)
    rows[lane] = x.data + std::min(row + lane, x.shape[0] - 1) * length;
  for (dim i = 0; i < length; ++i)
    for (dim lane = 0; lane < resize_lanes; ++lane) lanes[i * resize_lanes + lane] = rows[lane][i];
}

/// pixels[lane] = sum over k of source[k stride + lane] weight[k], for `length` lanes.
inline void weighted_pixels(std::uint8_t* __restrict pixels, const std::uint8_t* __restrict source,
                            dim stride, const std::int32_t* __restrict weight, dim count, dim length) {
  dim lane = 0;
  for (; lane + resize_lanes <= length; lane += resize_lanes) {
    std::int32_t sums[resize_lanes] = {};
    for (dim k = 0; k < count; ++k)
#pragma omp simd
      for (dim i = 0; i < resize_lanes; ++i) sums[i] += source[k * stride + lane + i] * weight[k];
#pragma omp simd
    for (dim i = 0; i < resize_lanes; ++i) pixels[lane + i] = resampled_pixel(sums[i]);
  }
  for (; lane < length; ++lane) {
    std::int32_t sum = 0;
    for (dim k = 0; k < count; ++k) sum += source[k * stride + lane] * weight[k];
    pixels[lane] = resampled_pixel(sum);
  }
}

/// Spec: reference::resize_across.
inline void resize_across(device& device, view<std::uint8_t, 3> y, const_view<std::uint8_t, 3> x,
                          const resample_table& table) {
  const auto [H, w, channels] = y.shape;
  auto scope = device.scope();
  auto interleaved = device.take<std::uint8_t>(device.threads(), x.shape[1] * channels * resize_lanes);
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim begin = 0; begin < H; begin += resize_lanes) {
    const dim rows = std::min(resize_lanes, H - begin);
    const auto lanes = interleaved[omp_get_thread_num()];
    interleave(lanes.data, x, begin);
    for (dim j = 0; j < w; ++j)
      for (dim c = 0; c < channels; ++c) {
        std::uint8_t pixels[resize_lanes];
        weighted_pixels(pixels, &lanes((table.first(j) * channels + c) * resize_lanes),
                        channels * resize_lanes, &table.weight(j, 0), table.count(j), resize_lanes);
        for (dim row = 0; row < rows; ++row) y(begin + row, j, c) = pixels[row];
      }
  }
}

/// Spec: reference::resize_down.
inline void resize_down(device& device, view<std::uint8_t, 3> y, const_view<std::uint8_t, 3> x,
                        const resample_table& table) {
  const dim h = y.shape[0], length = y.shape[1] * y.shape[2];
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim i = 0; i < h; ++i)
    weighted_pixels(y[i].data, x[table.first(i)].data, length, &table.weight(i, 0), table.count(i), length);
}

}  // namespace detail

/// Spec: reference/resize.hpp.
inline void resize(device& device, view<std::uint8_t, 3> y, const_view<std::uint8_t, 3> x,
                   resize_window window) {
  const auto [h, w, channels] = y.shape;
  const auto [H, W, same] = x.shape;
  require(H > 0 && W > 0 && channels == same && window.top >= 0 && window.left >= 0 &&
              window.top + h <= window.height && window.left + w <= window.width,
          "resize: y ", y.shape, ", x ", x.shape, ", resized to ", std::array{window.height, window.width},
          " from ", std::array{window.top, window.left}, " on; expected y inside the resized image");
  if (y.size() == 0) return;
  auto scope = device.scope();
  const auto across = make_resample_table(device, {window.filter, w, window.left, W, window.width});
  const auto down = make_resample_table(device, {window.filter, h, window.top, H, window.height});
  if (vertical_first(H, W, window.height, window.width)) {
    auto between = device.take<std::uint8_t>(h, W, channels);
    detail::resize_down(device, between, x, down);
    detail::resize_across(device, y, between, across);
  } else {
    const dim begin = down.first(0), end = down.first(h - 1) + down.count(h - 1);
    for (dim i = 0; i < h; ++i) down.first(i) -= std::int32_t(begin);
    auto between = device.take<std::uint8_t>(end - begin, w, channels);
    detail::resize_across(device, between, x.slices(begin, end), across);
    detail::resize_down(device, y, between, down);
  }
}

/// All of x resized to the size of y.
inline void resize(device& device, view<std::uint8_t, 3> y, const_view<std::uint8_t, 3> x) {
  resize(device, y, x, {y.shape[0], y.shape[1], 0, 0});
}

}  // namespace eev::cpu

// Spec: reference/resize.hpp. In: x [H, W, 3], 8 bits. Out: y [h, w, 3], a part of x resized.
//
// Two kernels, in the order that vertical_first() says; the tables of weights come from the host. Across: a
// thread has a pixel of 4 rows, so that a weight is read once for 12 sums; neighbours in a warp have
// neighbouring pixels. Only rows that the pass down reads are made. Down: a thread has a byte; neighbours
// have neighbouring bytes and the same weights.
//
// Limits: 3 channels, sides up to 65,535 x 16. Memory: 3 H W + 3 h w bytes, and 6 H w (6 h W if the pass
// down comes first) between the passes. 2 taps multiply-adds of integers a byte, taps = 1 + 4 max(1, H / h)
// down and likewise across: bound by the first cache, which bytes and weights are read from.
#pragma once

#include <array>

#include <eev/cuda/resize.hpp>

#include "device/primitives.cuh"

namespace eev::cuda {
namespace {

constexpr int resize_columns = 32, resize_warps = 4, resize_rows = 4, resize_threads = 128;

/// A resample_table's rows: first, count, weights.
struct resize_table {
  const std::int32_t* rows;
  int pitch;

  __device__ const std::int32_t* operator[](int i) const { return rows + dim(i) * pitch; }
};

/// As resampled_pixel() of core/resampling.hpp.
__device__ __forceinline__ std::uint8_t resized_pixel(std::int32_t sum) {
  const std::int32_t value = (sum + (1 << (resample_bits - 1))) >> resample_bits;
  return std::uint8_t(value < 0 ? 0 : value > 255 ? 255 : value);
}

/// x [H, W, 3] -> y [H, w, 3]. Block: 32 pixels of 4 warps' rows.
__global__ void __launch_bounds__(resize_columns* resize_warps)
    resize_across(std::uint8_t* y, const std::uint8_t* x, resize_table table, int H, int W, int w) {
  const int j = blockIdx.x * resize_columns + threadIdx.x;
  const int begin = (blockIdx.y * resize_warps + threadIdx.y) * resize_rows;
  if (j >= w || begin >= H) return;
  const std::int32_t* entry = table[j];
  const std::uint8_t* from[resize_rows];
#pragma unroll
  for (int r = 0; r < resize_rows; ++r)  // the last row again beyond it
    from[r] = x + (dim(begin + r < H ? begin + r : H - 1) * W + entry[0]) * 3;

  std::int32_t sums[resize_rows][3] = {};
  for (int k = 0; k < entry[1]; ++k)
#pragma unroll
    for (int r = 0; r < resize_rows; ++r)
#pragma unroll
      for (int c = 0; c < 3; ++c) sums[r][c] += from[r][3 * k + c] * entry[2 + k];

#pragma unroll
  for (int r = 0; r < resize_rows; ++r)
#pragma unroll
    for (int c = 0; c < 3; ++c)
      if (begin + r < H) y[(dim(begin + r) * w + j) * 3 + c] = resized_pixel(sums[r][c]);
}

/// x, of which the rows from `begin` on are there, -> y [h, length]; `length` bytes a row.
__global__ void __launch_bounds__(resize_threads)
    resize_down(std::uint8_t* y, const std::uint8_t* x, resize_table table, int begin, int h, int length) {
  const dim index = dim(blockIdx.x) * resize_threads + threadIdx.x;
  if (index >= dim(h) * length) return;
  const std::int32_t* entry = table[int(index / length)];
  const std::uint8_t* from = x + dim(entry[0] - begin) * length + index % length;
  std::int32_t sum = 0;
  for (int k = 0; k < entry[1]; ++k) sum += from[dim(k) * length] * entry[2 + k];
  y[index] = resized_pixel(sum);
}

// ---- launchers ----

resize_table table_in_kernel(const resample_table& table) {
  return {table.rows.data, int(table.rows.shape[1])};
}

void launch_across(device& device, view<std::uint8_t, 3> y, view<const std::uint8_t, 3> x,
                   const resample_table& table) {
  const dim3 grid(blocks_for(y.shape[1], resize_columns), blocks_for(y.shape[0], resize_warps * resize_rows));
  launch("resize_across", device, grid, dim3(resize_columns, resize_warps), 0, resize_across, y.data, x.data,
         table_in_kernel(table), int(y.shape[0]), int(x.shape[1]), int(y.shape[1]));
}

void launch_down(device& device, view<std::uint8_t, 3> y, view<const std::uint8_t, 3> x, dim begin,
                 const resample_table& table) {
  launch("resize_down", device, blocks_for(y.size(), resize_threads), resize_threads, 0, resize_down, y.data,
         x.data, table_in_kernel(table), int(begin), int(y.shape[0]), int(y.shape[1] * 3));
}

}  // namespace

void resize(device& device, view<std::uint8_t, 3> y, view<const std::uint8_t, 3> x, resize_window window) {
  const auto [h, w, channels] = y.shape;
  const auto [H, W, same] = x.shape;
  require(H > 0 && W > 0 && channels == 3 && same == 3 && window.top >= 0 && window.left >= 0 &&
              window.top + h <= window.height && window.left + w <= window.width,
          "resize: y ", y.shape, ", x ", x.shape, ", resized to ", std::array{window.height, window.width},
          " from ", std::array{window.top, window.left},
          " on; expected 3 channels, y inside the resized image");
  constexpr dim most = most_blocks_down * resize_warps * resize_rows;
  require(H <= most && W <= most && h <= most && w <= most, "resize: y ", y.shape, ", x ", x.shape,
          "; on a GPU a side has at most ", most, " pixels");
  if (y.size() == 0) return;
  auto scope = device.scope();
  const auto across = make_resample_table(device, {window.filter, w, window.left, W, window.width});
  const auto down = make_resample_table(device, {window.filter, h, window.top, H, window.height});
  if (vertical_first(H, W, window.height, window.width)) {
    auto between = device.take<std::uint8_t>(h, W, 3);
    launch_down(device, between, x, 0, down);
    launch_across(device, y, between, across);
  } else {
    const dim begin = resample_reach(window.filter, window.top, H, window.height).begin;
    const dim end = resample_reach(window.filter, window.top + h - 1, H, window.height).end;
    auto between = device.take<std::uint8_t>(end - begin, w, 3);
    launch_across(device, between, x.slices(begin, end), across);
    launch_down(device, y, between, begin, down);
  }
}

}  // namespace eev::cuda

// Spec: reference/nv12_to_rgb.hpp. In: luma [H, W], chroma [H/2, W/2, 2] (halves rounded up), 8 bits. Out:
// rgb [H, W, 3].
//
// A thread has a pixel; neighbours in a warp have neighbouring columns. Each chroma sample is read by up to
// 16 threads, from the first cache.
//
// Limits: sides below 2^19. Memory: 1.5 H W bytes in, 3 H W out. Some 30 operations on integers a
// pixel: bound by memory.
#pragma once

#include <array>

#include <eev/cuda/nv12_to_rgb.hpp>

#include "device/primitives.cuh"

namespace eev::cuda {
namespace {

constexpr int colour_columns = 32, colour_rows = 8;

/// As colour_byte() of core/colour_matrix.hpp.
__device__ __forceinline__ std::uint8_t rounded_colour(std::int32_t sum) {
  const std::int32_t value = (sum + (1 << (colour_bits - 1))) >> colour_bits;
  return std::uint8_t(value < 0 ? 0 : value > 255 ? 255 : value);
}

__global__ void __launch_bounds__(colour_columns* colour_rows)
    colour_pixels(std::uint8_t* rgb, const std::uint8_t* luma, const std::uint8_t* chroma, int H, int W,
                  colour_factors by) {
  const int i = blockIdx.y * colour_rows + threadIdx.y, j = blockIdx.x * colour_columns + threadIdx.x;
  if (i >= H || j >= W) return;
  const int rows = (H + 1) / 2, columns = (W + 1) / 2;
  const int near = i / 2, next = i % 2 == 0 ? near - 1 : near + 1;
  const int far = next < 0 ? 0 : next < rows ? next : rows - 1;
  const int left = j / 2, right = left + j % 2 < columns ? left + j % 2 : left;
  const std::uint8_t* near_row = chroma + dim(near) * columns * 2;
  const std::uint8_t* far_row = chroma + dim(far) * columns * 2;
  std::int32_t eighths[2];  // U and V
#pragma unroll
  for (int c = 0; c < 2; ++c)
    eighths[c] = 3 * (near_row[2 * left + c] + near_row[2 * right + c]) + far_row[2 * left + c] +
                 far_row[2 * right + c] - 8 * 128;
  const dim pixel = dim(i) * W + j;
  const std::int32_t light = by.luma * (luma[pixel] - by.black);
  rgb[3 * pixel] = rounded_colour(light + by.red_from_v * eighths[1]);
  rgb[3 * pixel + 1] = rounded_colour(light + by.green_from_u * eighths[0] + by.green_from_v * eighths[1]);
  rgb[3 * pixel + 2] = rounded_colour(light + by.blue_from_u * eighths[0]);
}

}  // namespace

void nv12_to_rgb(device& device, view<std::uint8_t, 3> rgb, view<const std::uint8_t, 2> luma,
                 view<const std::uint8_t, 3> chroma, colour_matrix matrix) {
  const auto [H, W] = luma.shape;
  const dim rows = (H + 1) / 2, columns = (W + 1) / 2;
  require(rgb.shape == std::array{H, W, dim{3}} && chroma.shape == std::array{rows, columns, dim{2}},
          "nv12_to_rgb: rgb ", rgb.shape, ", luma ", luma.shape, ", chroma ", chroma.shape,
          "; expected rgb [H, W, 3], luma [H, W], chroma [(H + 1) / 2, (W + 1) / 2, 2]");
  constexpr dim most = dim(1) << 19;
  require(H < most && W < most, "nv12_to_rgb: luma ", luma.shape, "; on a GPU every side must be below ",
          most, " pixels");
  if (rgb.size() == 0) return;
  launch("nv12_to_rgb", device, dim3(blocks_for(W, colour_columns), blocks_for(H, colour_rows)),
         dim3(colour_columns, colour_rows), 0, colour_pixels, rgb.data, luma.data, chroma.data, int(H),
         int(W), colour_factors(matrix));
}

}  // namespace eev::cuda

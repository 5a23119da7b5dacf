// Spec: reference/nv12_to_rgb.hpp. In: luma [H, W], chroma [H/2, W/2, 2] (halves rounded up), 8 bits. Out:
// rgb [H, W, 3].
//
// A thread has 4 pixels of a row, which it reads and writes in words, or one if W or an address is not a
// multiple of 4; neighbours in a warp have neighbouring columns. Each chroma sample is read by up to 8
// threads (16), from the first cache.
//
// Limits: sides up to 65,535 x 8. Memory: 1.5 H W bytes in, 3 H W out. Some 30 operations on integers a
// pixel: bound by memory.
#pragma once

#include <array>

#include <eev/cuda/nv12_to_rgb.hpp>

#include "device/primitives.cuh"

namespace eev::cuda {
namespace {

constexpr int colour_columns = 32, colour_rows = 8;

/// As colour_byte() of core/colour_matrix.hpp.
__device__ __forceinline__ std::uint32_t rounded_colour(std::int32_t sum) {
  const std::int32_t value = (sum + (1 << (colour_bits - 1))) >> colour_bits;
  return std::uint32_t(value < 0 ? 0 : value > 255 ? 255 : value);
}

/// Red, green or blue of a pixel by its luma and by 8 times its U and V.
__device__ __forceinline__ std::uint32_t colour_of(const colour_factors& by, int c, std::int32_t luma,
                                                   std::int32_t u, std::int32_t v) {
  const std::int32_t light = by.luma * (luma - by.black);
  u -= 8 * 128, v -= 8 * 128;
  return rounded_colour(light + (c == 0   ? by.red_from_v * v
                                 : c == 1 ? by.green_from_u * u + by.green_from_v * v
                                          : by.blue_from_u * u));
}

/// The two rows of chroma that a row of pixels is between, 3 : 1.
struct chroma_rows {
  const std::uint8_t *near, *far;

  __device__ chroma_rows(const std::uint8_t* chroma, int i, int H, int columns) {
    const int rows = (H + 1) / 2, next = i % 2 == 0 ? i / 2 - 1 : i / 2 + 1;
    near = chroma + dim(i / 2) * columns * 2;
    far = chroma + dim(next < 0 ? 0 : next < rows ? next : rows - 1) * columns * 2;
  }
};

__global__ void __launch_bounds__(colour_columns* colour_rows)
    colour_pixels(std::uint8_t* rgb, const std::uint8_t* luma, const std::uint8_t* chroma, int H, int W,
                  colour_factors by) {
  const int i = blockIdx.y * colour_rows + threadIdx.y, j = blockIdx.x * colour_columns + threadIdx.x;
  if (i >= H || j >= W) return;
  const int columns = (W + 1) / 2, left = j / 2, right = left + j % 2 < columns ? left + j % 2 : left;
  const chroma_rows rows(chroma, i, H, columns);
  std::int32_t eighths[2];  // U and V
#pragma unroll
  for (int c = 0; c < 2; ++c)
    eighths[c] = 3 * (rows.near[2 * left + c] + rows.near[2 * right + c]) + rows.far[2 * left + c] +
                 rows.far[2 * right + c];
  const dim pixel = dim(i) * W + j;
  const std::int32_t light = luma[pixel];
#pragma unroll
  for (int c = 0; c < 3; ++c)
    rgb[3 * pixel + c] = std::uint8_t(colour_of(by, c, light, eighths[0], eighths[1]));
}

/// W is a multiple of 4, so all rows begin at whole words.
__global__ void __launch_bounds__(colour_columns* colour_rows)
    colour_words(std::uint32_t* rgb, const std::uint32_t* luma, const std::uint8_t* chroma, int H, int W,
                 colour_factors by) {
  const int i = blockIdx.y * colour_rows + threadIdx.y, word = blockIdx.x * colour_columns + threadIdx.x;
  if (i >= H || 4 * word >= W) return;
  const int columns = W / 2, next = 2 * word + 2 < columns ? 2 * word + 2 : columns - 1;
  const chroma_rows rows(chroma, i, H, columns);
  const auto samples_of = [&](const std::uint8_t* row) {  // U, V, U, V and, of the next word, U, V
    return make_uint2(reinterpret_cast<const std::uint32_t*>(row)[word],
                      reinterpret_cast<const std::uint16_t*>(row)[next]);
  };
  const auto byte = [](std::uint32_t from, int k) { return std::int32_t(from >> 8 * k & 255); };
  const uint2 near = samples_of(rows.near), far = samples_of(rows.far);
  const dim place = dim(i) * (W / 4) + word;
  const std::uint32_t light = luma[place];
  std::int32_t quarters[6];
#pragma unroll
  for (int k = 0; k < 6; ++k)
    quarters[k] = k < 4 ? 3 * byte(near.x, k) + byte(far.x, k) : 3 * byte(near.y, k - 4) + byte(far.y, k - 4);
  std::uint32_t words[3] = {};
#pragma unroll
  for (int k = 0; k < 12; ++k) {  // bytes of 4 pixels
    const int pixel = k / 3, left = pixel / 2 * 2, right = (pixel + 1) / 2 * 2;
    words[k / 4] |= colour_of(by, k % 3, byte(light, pixel), quarters[left] + quarters[right],
                              quarters[left + 1] + quarters[right + 1])
                    << 8 * (k % 4);
  }
#pragma unroll
  for (int k = 0; k < 3; ++k) rgb[3 * place + k] = words[k];
}

}  // namespace

void nv12_to_rgb(device& device, view<std::uint8_t, 3> rgb, view<const std::uint8_t, 2> luma,
                 view<const std::uint8_t, 3> chroma, colour_matrix matrix) {
  const auto [H, W] = luma.shape;
  const dim rows = (H + 1) / 2, columns = (W + 1) / 2;
  require(rgb.shape == std::array{H, W, dim{3}} && chroma.shape == std::array{rows, columns, dim{2}},
          "nv12_to_rgb: rgb ", rgb.shape, ", luma ", luma.shape, ", chroma ", chroma.shape,
          "; expected rgb [H, W, 3], luma [H, W], chroma [(H + 1) / 2, (W + 1) / 2, 2]");
  constexpr dim most = most_blocks_down * colour_rows;
  require(H <= most && W <= most, "nv12_to_rgb: luma ", luma.shape, "; on a GPU a side has at most ", most,
          " pixels");
  if (rgb.size() == 0) return;
  const auto start = [&](dim across, auto* kernel, auto* to, const auto* from) {
    launch("nv12_to_rgb", device, dim3(blocks_for(across, colour_columns), blocks_for(H, colour_rows)),
           dim3(colour_columns, colour_rows), 0, kernel, to, from, chroma.data, int(H), int(W),
           colour_factors(matrix));
  };
  if (W % 4 == 0 && aligned_to(4, rgb.data) && aligned_to(4, luma.data) && aligned_to(4, chroma.data))
    start(W / 4, colour_words, reinterpret_cast<std::uint32_t*>(rgb.data),
          reinterpret_cast<const std::uint32_t*>(luma.data));
  else
    start(W, colour_pixels, rgb.data, luma.data);
}

}  // namespace eev::cuda

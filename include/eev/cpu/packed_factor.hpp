// In:  a matrix of float.  Out: the same in the strips that cpu/matrix_product.hpp multiplies.  Rests on:
// cpu/device.
//
// Where the device may round factors to bfloat16, two of them, one below the other, are packed into the place
// of one float, and AVX512_BF16 multiplies and sums both at once. All else is the same.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#include <eev/cpu/device.hpp>

namespace eev::cpu::detail {

/// A tile of the result stays in registers while the sum runs: 12 x 2 of the 32 of AVX-512, 6 x 2 of the 16
/// of AVX2.
#ifdef __AVX512F__
inline constexpr int tile_lanes = 16, tile_rows = 12;
#else
inline constexpr int tile_lanes = 8, tile_rows = 6;
#endif
inline constexpr int tile_columns = 2 * tile_lanes;
using tile_vector [[gnu::vector_size(4 * tile_lanes), gnu::aligned(4), gnu::may_alias]] = float;

/// What is multiplied at a time: strips of so many products, a panel of which stays in the first cache of a
/// core while all the tiles of so many rows, from its second cache, are multiplied with it.
inline constexpr dim most_depth = 256, block_rows = 216;

inline constexpr dim divide_up(dim a, dim b) { return (a + b - 1) / b; }

/// Value (row, column) is data[row row_step + column column_step].
struct strided {
  const float* data;
  dim row_step, column_step;
};
inline strided plain(const_view<float, 2> matrix) { return {matrix.data, matrix.shape[1], 1}; }
inline strided transposed(const_view<float, 2> matrix) { return {matrix.data, 1, matrix.shape[1]}; }

/// to[i][j] = from[j][i] for i, j < 4, whose rows are so far apart.
inline void transpose_4x4(float* to, dim to_step, const float* from, dim from_step) {
  using quad [[gnu::vector_size(16), gnu::aligned(4), gnu::may_alias]] = float;
  const auto row = [&](int j) { return *reinterpret_cast<const quad*>(from + j * from_step); };
  const auto store_row = [&](int i, quad values) { *reinterpret_cast<quad*>(to + i * to_step) = values; };
  const quad low01 = __builtin_shufflevector(row(0), row(1), 0, 4, 1, 5),
             low23 = __builtin_shufflevector(row(2), row(3), 0, 4, 1, 5),
             high01 = __builtin_shufflevector(row(0), row(1), 2, 6, 3, 7),
             high23 = __builtin_shufflevector(row(2), row(3), 2, 6, 3, 7);
  store_row(0, __builtin_shufflevector(low01, low23, 0, 1, 4, 5));
  store_row(1, __builtin_shufflevector(low01, low23, 2, 3, 6, 7));
  store_row(2, __builtin_shufflevector(high01, high23, 0, 1, 4, 5));
  store_row(3, __builtin_shufflevector(high01, high23, 2, 3, 6, 7));
}

/// strip[k][i] = from(k, i) for k < depth and i < Width, 0 from i = count on
template <int Width>
void pack_strip(float* strip, strided from, dim depth, dim count) {
  dim k = 0;
  if (count < Width) std::fill_n(strip, depth * Width, 0.0f);
  if (count >= Width && from.row_step == 1)
    for (; k + 4 <= depth; k += 4)
      for (int i = 0; i < Width; i += 4) {
        const int column = std::min(i, Width - 4);  // of 6, 2 and 3 are written twice
        transpose_4x4(strip + k * Width + column, Width, from.data + k + column * from.column_step,
                      from.column_step);
      }
  for (; k < depth; ++k) {
    float* to = strip + k * Width;
    const float* row = from.data + k * from.row_step;
    if (count >= Width && from.column_step == 1)
      std::memcpy(to, row, Width * sizeof(float));
    else
      for (dim i = 0; i < std::min<dim>(count, Width); ++i) to[i] = row[i * from.column_step];
  }
}

/// pack_strip() of factors rounded to bfloat16: strip[k / 2][i] holds those of an even k and the next one.
template <int Width>
void pack_rounded_strip(float* strip, strided from, dim depth, dim count) {
  constexpr dim some = 32;
  for (dim first = 0; first < depth; first += some) {
    const dim these = std::min(some, depth - first);
    float values[some][Width];
    pack_strip<Width>(values[0], {from.data + first * from.row_step, from.row_step, from.column_step}, these,
                      count);
    if (these % 2) std::fill_n(values[these], Width, 0.0f);
    for (dim k = 0; k < these; k += 2, strip += Width)
#pragma omp simd
      for (int i = 0; i < Width; ++i) {
        const std::uint32_t low = bfloat16(values[k][i]).bits, high = bfloat16(values[k + 1][i]).bits;
        strip[i] = std::bit_cast<float>(low | high << 16);
      }
  }
}

/// A factor [K, N] in panels of tile_columns, one block of most_depth after the other; or N columns of it,
/// from `begin` on, a multiple of tile_columns. The rows of its panels are K, or as many pairs as K has.
struct packed_factor {
  dim K, N;
  const float* data;
  bool rounded = false;
  dim width = padded(N), begin = 0;

  static dim padded(dim N) { return divide_up(N, tile_columns) * tile_columns; }
  dim in_row() const { return rounded ? 2 : 1; }
  dim rows() const { return divide_up(K, in_row()); }
  const float* panel(dim first, dim depth, dim column) const {
    return data + first * width + (begin + column) * depth;
  }
  packed_factor columns(dim from, dim to) const { return {K, to - from, data, rounded, width, begin + from}; }

  /// A strip of so many of its rows, from `first` on, of this factor or of the one that it is multiplied
  /// with.
  template <int Width>
  void pack(float* strip, strided from, dim first, dim depth, dim count) const {
    const dim k = first * in_row(), values = std::min(depth * in_row(), K - k);
    from.data += k * from.row_step;
    rounded ? pack_rounded_strip<Width>(strip, from, values, count)
            : pack_strip<Width>(strip, from, values, count);
  }
};

/// `room` is for K x padded(N) numbers.
inline packed_factor pack_factor(device& device, float* room, strided from, dim K, dim N,
                                 bool rounded = false) {
  const packed_factor factor{K, N, room, rounded};
#pragma omp parallel for num_threads(device.threads()) schedule(static) collapse(2)
  for (dim first = 0; first < factor.rows(); first += most_depth)
    for (dim column = 0; column < N; column += tile_columns) {
      const dim depth = std::min(most_depth, factor.rows() - first);
      const strided part{from.data + column * from.column_step, from.row_step, from.column_step};
      factor.pack<tile_columns>(const_cast<float*>(factor.panel(first, depth, column)), part, first, depth,
                                N - column);
    }
  return factor;
}

/// In scratch memory, and so until the innermost open scope closes; rounded if the device may do that.
inline packed_factor pack_factor(device& device, strided from, dim K, dim N) {
  return pack_factor(device, device.take<float>(K, packed_factor::padded(N)).data, from, K, N,
                     device.rounds_factors());
}

}  // namespace eev::cpu::detail

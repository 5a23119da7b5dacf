// In:  matrices of float.  Out: their products, and sums of columns.  Rests on: cpu/device.
//
// Without AVX-512 oneDNN's product copies the weights at every call, which a recurrence makes for every time
// step, and sums a row in another order where the number of rows leaves another remainder. This one packs the
// weights once, and each value is summed in the same order whatever rows are beside it: any rows may be
// shared out to any threads.
#pragma once

#include <algorithm>
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
inline constexpr dim most_depth = 256, block_rows = 216, cache_line = 64 / sizeof(float);

inline constexpr dim divide_up(dim a, dim b) { return (a + b - 1) / b; }

/// What one task has of a product [M, N].
struct product_share {
  dim rows, columns;
};

/// Blocks of at most so many rows, as many for each thread; where they are fewer than the threads, parts of
/// the columns too.
inline product_share share_out(dim M, dim N, dim threads, dim most_rows = block_rows) {
  dim blocks = divide_up(M, most_rows);
  if (blocks > threads) blocks = divide_up(blocks, threads) * threads;
  const dim parts = divide_up(threads, blocks);
  return {divide_up(divide_up(M, blocks), tile_rows) * tile_rows,
          divide_up(divide_up(N, parts), tile_columns) * tile_columns};
}

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

/// A factor [K, N] in panels of tile_columns, one block of most_depth after the other; or N columns of it,
/// from `begin` on, a multiple of tile_columns.
struct packed_factor {
  dim K, N;
  const float* data;
  dim width = padded(N), begin = 0;

  static dim padded(dim N) { return divide_up(N, tile_columns) * tile_columns; }
  const float* panel(dim first, dim depth, dim column) const {
    return data + first * width + (begin + column) * depth;
  }
  packed_factor columns(dim from, dim to) const { return {K, to - from, data, width, begin + from}; }
};

/// `room` is for K x padded(N) numbers.
inline packed_factor pack_factor(device& device, float* room, strided from, dim K, dim N) {
  const packed_factor factor{K, N, room};
#pragma omp parallel for num_threads(device.threads()) schedule(static) collapse(2)
  for (dim first = 0; first < K; first += most_depth)
    for (dim column = 0; column < N; column += tile_columns) {
      const dim depth = std::min(most_depth, K - first);
      const float* begin = from.data + first * from.row_step + column * from.column_step;
      pack_strip<tile_columns>(const_cast<float*>(factor.panel(first, depth, column)),
                               {begin, from.row_step, from.column_step}, depth, N - column);
    }
  return factor;
}

/// In scratch memory, and so until the innermost open scope closes.
inline packed_factor pack_factor(device& device, strided from, dim K, dim N) {
  return pack_factor(device, device.take<float>(K, packed_factor::padded(N)).data, from, K, N);
}

/// y[i, j] = start[i, j] + sum over k of a[k][i] b[k][j], for one tile. The rows of `start` may be 0 apart,
/// as those of a bias; without it y is the sum. With each k some of the panel that comes next is fetched,
/// which would otherwise be waited for: a fifth of the time at 1536 x 1536. Sanitizers, which would take two
/// thirds of a network's time for its accesses, watch what fills the panels and what reads y.
[[gnu::no_sanitize("address", "undefined")]] inline void multiply_tile(float* y, dim y_step,
                                                                       const float* start, dim start_step,
                                                                       const float* a, const float* b,
                                                                       dim depth, const float* next,
                                                                       dim next_step) {
  for (int i = 0; i < tile_rows; ++i)
    for (int j = 0; j < tile_columns; j += cache_line) __builtin_prefetch(y + i * y_step + j, 1);
  tile_vector sum[tile_rows][2] = {};
  for (dim k = 0; k < depth; ++k, a += tile_rows, b += tile_columns, next += next_step) {
    __builtin_prefetch(next, 0, 2);
    const tile_vector right[2] = {*reinterpret_cast<const tile_vector*>(b),
                                  *reinterpret_cast<const tile_vector*>(b + tile_lanes)};
#pragma GCC unroll 12
    for (int i = 0; i < tile_rows; ++i) {
      sum[i][0] += a[i] * right[0];
      sum[i][1] += a[i] * right[1];
    }
  }
#pragma GCC unroll 12
  for (int i = 0; i < tile_rows; ++i)
#pragma GCC unroll 2
    for (int j = 0; j < 2; ++j) {
      if (start) sum[i][j] += *reinterpret_cast<const tile_vector*>(start + i * start_step + j * tile_lanes);
      *reinterpret_cast<tile_vector*>(y + i * y_step + j * tile_lanes) = sum[i][j];
    }
}

/// multiply_tile() where only `rows` and `columns` of the tile are there.
inline void multiply_corner(float* y, dim y_step, const float* start, dim start_step, const float* a,
                            const float* b, dim depth, const float* next, dim next_step, dim rows,
                            dim columns) {
  float tile[tile_rows * tile_columns] = {};
  if (start)
    for (dim i = 0; i < rows; ++i) std::copy_n(start + i * start_step, columns, tile + i * tile_columns);
  multiply_tile(tile, tile_columns, tile, tile_columns, a, b, depth, next, next_step);
  for (dim i = 0; i < rows; ++i) std::copy_n(tile + i * tile_columns, columns, y + i * y_step);
}

/// y [M, N] += a b for up to block_rows rows and one block of b, beginning at k = first.
inline void multiply_block(float* y, dim y_step, const float* start, dim start_step, strided a, dim M,
                           const packed_factor& b, dim first, float* strips) {
  const dim depth = std::min(most_depth, b.K - first);
  for (dim row = 0; row < M; row += tile_rows)
    pack_strip<tile_rows>(strips + row * depth,
                          {a.data + row * a.row_step + first * a.column_step, a.column_step, a.row_step},
                          depth, M - row);
  // What comes next is fetched by all the tiles of a panel together.
  const dim step = divide_up(tile_columns, divide_up(M, tile_rows));
  for (dim column = 0; column < b.N; column += tile_columns)
    for (dim row = 0; row < M; row += tile_rows) {
      const dim rows = M - row, columns = b.N - column;
      float* tile = y + row * y_step + column;
      const float *from = start ? start + row * start_step + column : nullptr, *left = strips + row * depth,
                  *right = b.panel(first, depth, column);
      const float* next = b.panel(first, depth, column + tile_columns) + row / tile_rows * step * depth;
      if (rows >= tile_rows && columns >= tile_columns)
        multiply_tile(tile, y_step, from, start_step, left, right, depth, next, step);
      else
        multiply_corner(tile, y_step, from, start_step, left, right, depth, next, step,
                        std::min<dim>(rows, tile_rows), std::min<dim>(columns, tile_columns));
    }
}

/// Scratch memory that multiply_rows() wants for the calling thread: strips of block_rows.
inline constexpr dim strips_size = block_rows * most_depth;

/// y [M, N] = start + a b, on the calling thread; `start` as in multiply_tile().
inline void multiply_rows(float* y, dim y_step, const float* start, dim start_step, strided a, dim M,
                          const packed_factor& b, float* strips) {
  for (dim first = 0; first < b.K; first += most_depth) {
    for (dim row = 0; row < M; row += block_rows)
      multiply_block(y + row * y_step, y_step, start ? start + row * start_step : nullptr, start_step,
                     {a.data + row * a.row_step, a.row_step, a.column_step}, std::min(block_rows, M - row), b,
                     first, strips);
    start = y, start_step = y_step;
  }
}

/// y [M, N] = a b + bias, or added to what y holds; shared over threads. An empty bias is none.
inline void matrix_product(device& device, view<float, 2> y, strided a, const packed_factor& b,
                           const float* bias, epilogue after = epilogue::none) {
  const auto [M, N] = y.shape;
  if (b.K == 0 && after != epilogue::add) std::fill(y.begin(), y.end(), 0.0f);
  if (b.K == 0 || y.size() == 0) return;
  const bool add = after == epilogue::add;
  const auto share = share_out(M, N, device.threads());
  auto scope = device.scope();
  auto strips = device.take<float>(device.threads(), strips_size);
#pragma omp parallel for num_threads(device.threads()) schedule(dynamic) collapse(2)
  for (dim row = 0; row < M; row += share.rows)
    for (dim column = 0; column < N; column += share.columns) {
      float* part = y.data + row * N + column;
      multiply_rows(part, N,
                    add    ? part
                    : bias ? bias + column
                           : nullptr,
                    add ? N : 0, {a.data + row * a.row_step, a.row_step, a.column_step},
                    std::min(share.rows, M - row), b.columns(column, std::min(column + share.columns, N)),
                    strips[omp_get_thread_num()].data);
    }
}

/// y[n] = sum over r of a[r, n], in blocks of rows, whose sums stay small.
inline void sum_columns(device& device, view<float, 1> y, const_view<float, 2> a) {
  const auto [R, N] = a.shape;
  constexpr dim columns = 64, block = 128;
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim begin = 0; begin < N; begin += columns) {
    const dim count = std::min(columns, N - begin);
    float total[columns] = {};
    for (dim r = 0; r < R; r += block) {
      float sum[columns] = {};
      for (dim row = r; row < std::min(r + block, R); ++row) {
        const float* from = a.data + row * N + begin;
#pragma omp simd
        for (dim n = 0; n < count; ++n) sum[n] += from[n];
      }
      for (dim n = 0; n < count; ++n) total[n] += sum[n];
    }
    std::copy_n(total, count, y.data + begin);
  }
}

}  // namespace eev::cpu::detail

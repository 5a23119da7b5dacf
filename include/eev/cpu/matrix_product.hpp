// In:  matrices of float.  Out: their products, and sums of columns.  Rests on: cpu/packed_factor.
//
// Without AVX-512 oneDNN's product copies the weights at every call, which a recurrence makes for every time
// step, and sums a row in another order where the number of rows leaves another remainder. This one packs the
// weights once, and each value is summed in the same order whatever rows are beside it: any rows may be
// shared out to any threads.
#pragma once

#ifdef __AVX512BF16__
#include <immintrin.h>  // compilers' own names for what AVX512_BF16 does change from version to version
#endif

#include <eev/cpu/packed_factor.hpp>

namespace eev::cpu::detail {

inline constexpr dim cache_line = 64 / sizeof(float);

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

/// sum += a b in each lane, and of factors rounded in pairs a[0] b[0] + a[1] b[1].
template <bool rounded>
void add_product(tile_vector& sum, float a, const tile_vector& b) {
  if constexpr (!rounded) {
    sum += a * b;
  } else {
#ifdef __AVX512BF16__
    const auto pairs = [](__m512 words) { return __m512bh(_mm512_castps_si512(words)); };
    sum = _mm512_dpbf16_ps(sum, pairs(_mm512_set1_ps(a)), pairs(b));
#else
    using words [[gnu::vector_size(4 * tile_lanes)]] = std::uint32_t;
    const auto word = std::bit_cast<std::uint32_t>(a);
    sum += std::bit_cast<float>(word << 16) * tile_vector(words(b) << 16);
    sum += std::bit_cast<float>(word & 0xffff0000) * tile_vector(words(b) & 0xffff0000);
#endif
  }
}

/// y[i, j] = start[i, j] + sum over k of a[k][i] b[k][j], for one tile; of factors rounded in pairs k counts
/// the pairs. The rows of `start` may be 0 apart, as those of a bias; without it y is the sum. With each k
/// some of the panel that comes next is fetched, which would otherwise be waited for: a fifth of the time at
/// 1536 x 1536. Sanitizers, which would take two thirds of a network's time for its accesses, watch what
/// fills the panels and what reads y.
template <bool rounded>
[[gnu::no_sanitize("address", "undefined")]] void multiply_tile(float* y, dim y_step, const float* start,
                                                                dim start_step, const float* a,
                                                                const float* b, dim depth, const float* next,
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
      add_product<rounded>(sum[i][0], a[i], right[0]);
      add_product<rounded>(sum[i][1], a[i], right[1]);
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
template <bool rounded>
void multiply_corner(float* y, dim y_step, const float* start, dim start_step, const float* a, const float* b,
                     dim depth, const float* next, dim next_step, dim rows, dim columns) {
  float tile[tile_rows * tile_columns] = {};
  if (start)
    for (dim i = 0; i < rows; ++i) std::copy_n(start + i * start_step, columns, tile + i * tile_columns);
  multiply_tile<rounded>(tile, tile_columns, tile, tile_columns, a, b, depth, next, next_step);
  for (dim i = 0; i < rows; ++i) std::copy_n(tile + i * tile_columns, columns, y + i * y_step);
}

/// y [M, N] += a b for up to block_rows rows and one block of b, beginning at row `first` of its panels.
template <bool rounded>
void multiply_block(float* y, dim y_step, const float* start, dim start_step, strided a, dim M,
                    const packed_factor& b, dim first, float* strips) {
  const dim depth = std::min(most_depth, b.rows() - first);
  for (dim row = 0; row < M; row += tile_rows)
    b.pack<tile_rows>(strips + row * depth, {a.data + row * a.row_step, a.column_step, a.row_step}, first,
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
        multiply_tile<rounded>(tile, y_step, from, start_step, left, right, depth, next, step);
      else
        multiply_corner<rounded>(tile, y_step, from, start_step, left, right, depth, next, step,
                                 std::min<dim>(rows, tile_rows), std::min<dim>(columns, tile_columns));
    }
}

/// Scratch memory that multiply_rows() wants for the calling thread: strips of block_rows.
inline constexpr dim strips_size = block_rows * most_depth;

/// y [M, N] = start + a b, on the calling thread; `start` as in multiply_tile().
inline void multiply_rows(float* y, dim y_step, const float* start, dim start_step, strided a, dim M,
                          const packed_factor& b, float* strips) {
  const auto multiply = b.rounded ? multiply_block<true> : multiply_block<false>;
  for (dim first = 0; first < b.rows(); first += most_depth) {
    for (dim row = 0; row < M; row += block_rows)
      multiply(y + row * y_step, y_step, start ? start + row * start_step : nullptr, start_step,
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

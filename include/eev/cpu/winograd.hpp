// In:  images, filters of 3x3 that move by 1.  Out: their convolution, by 4 products where the sum written
// out has 9.  Rests on: cpu/matrix_product.
//
// Winograd's F(2x2, 3x3), as Lavin and Gray (2016, "Fast algorithms for convolutional neural networks") use
// it: a tile of 2x2 places of y sees 4x4 places of x, and with
//
//           1  0 -1  0           1    0    0
//   B^T  =  0  1  1  0     G  =  1/2  1/2  1/2     A^T  =  1  1  1  0
//           0 -1  1  0           1/2 -1/2  1/2             0  1 -1 -1
//           0  1  0 -1           0    0    1
//
// it is A^T [(G f G^T) . (B^T x B)] A, where "." multiplies place by place. Summed over the channels, each of
// the 16 places is a matrix product [tiles, C] [C, N].
#pragma once

#include <algorithm>

#include <eev/core/conv_extent.hpp>
#include <eev/cpu/matrix_product.hpp>

namespace eev::cpu::detail {

/// Tiles that one task carries through all three steps: rows enough for its 16 products, and few enough that
/// what they multiply stays in a core's caches.
inline constexpr dim tiles_at_once = 96;

/// Below so many channels, the steps around the products take longer than these save.
inline constexpr dim winograd_channels = 16;

inline bool takes_winograd(dim N, dim C, dim channels, height_width size, height_width stride) {
  return size == height_width{3, 3} && stride == height_width{1, 1} && channels == C &&
         std::min(N, C) >= winograd_channels;
}

/// The 16 factors [C, N] of filters [N, C, 3, 3], one after the other, as pack_factor() packs them.
inline view<const float, 1> pack_winograd(device& device, const float* filters, dim N, dim C) {
  auto scope = device.scope();
  auto plain = device.take<float>(16, C, N);
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim n = 0; n < N; ++n)
    for (dim c = 0; c < C; ++c) {
      const float* f = filters + (n * C + c) * 9;
      double rows[4][3];  // G f
      for (int j = 0; j < 3; ++j) {
        const double ends = double(f[j]) + f[6 + j], middle = f[3 + j];
        rows[0][j] = f[j], rows[1][j] = (ends + middle) / 2, rows[2][j] = (ends - middle) / 2,
        rows[3][j] = f[6 + j];
      }
      for (int i = 0; i < 4; ++i) {
        const auto [left, middle, right] = rows[i];
        const double places[4] = {left, (left + right + middle) / 2, (left + right - middle) / 2, right};
        for (int j = 0; j < 4; ++j) plain(4 * i + j, c, n) = float(places[j]);
      }
    }
  const dim size = C * packed_factor::padded(N);
  const auto packed = device.keep(16 * size);
  for (int place = 0; place < 16; ++place)
    pack_factor(device, packed.data + place * size, detail::plain(plain[place]), C, N);
  return packed;
}

/// to[place step + c] = (B^T x B) of channel c, for the 16 places of a tile; `x` points to the channels of
/// each.
inline void transform_input(float* __restrict to, dim step, const std::array<const float*, 16>& x, dim C) {
#pragma omp simd
  for (dim c = 0; c < C; ++c) {
    float rows[4][4];  // B^T x
    for (int j = 0; j < 4; ++j) {
      const float x0 = x[j][c], x1 = x[4 + j][c], x2 = x[8 + j][c], x3 = x[12 + j][c];
      rows[0][j] = x0 - x2, rows[1][j] = x1 + x2, rows[2][j] = x2 - x1, rows[3][j] = x1 - x3;
    }
    for (int i = 0; i < 4; ++i) {
      to[(4 * i) * step + c] = rows[i][0] - rows[i][2];
      to[(4 * i + 1) * step + c] = rows[i][1] + rows[i][2];
      to[(4 * i + 2) * step + c] = rows[i][2] - rows[i][1];
      to[(4 * i + 3) * step + c] = rows[i][1] - rows[i][3];
    }
  }
}

/// y [4, N] = A^T m A + bias: the 2x2 places of a tile. m[place step + n] are its 16 places.
inline void transform_output(float* __restrict y, const float* __restrict m, dim step,
                             const float* __restrict bias, dim N) {
#pragma omp simd
  for (dim n = 0; n < N; ++n) {
    float rows[2][4];  // A^T m
    for (int j = 0; j < 4; ++j) {
      const float m1 = m[(4 + j) * step + n], m2 = m[(8 + j) * step + n];
      rows[0][j] = m[j * step + n] + m1 + m2, rows[1][j] = m1 - m2 - m[(12 + j) * step + n];
    }
    for (int i = 0; i < 2; ++i) {
      y[2 * i * N + n] = rows[i][0] + rows[i][1] + rows[i][2] + bias[n];
      y[(2 * i + 1) * N + n] = rows[i][1] - rows[i][2] - rows[i][3] + bias[n];
    }
  }
}

/// One place of y [N] from its sums.
inline void finish_place(float* __restrict y, const float* __restrict sums, dim N, epilogue after) {
#pragma omp simd
  for (dim n = 0; n < N; ++n) {
    const float sum = after == epilogue::add ? y[n] + sums[n] : sums[n];
    y[n] = after == epilogue::relu && sum < 0 ? 0 : sum;  // a not-a-number stays
  }
}

/// Spec: reference/conv2d.hpp, for what takes_winograd(); `factors` of pack_winograd(). An empty bias is
/// none.
inline void winograd(device& device, view<float, 4> y, const_view<float, 4> x, const float* factors,
                     const float* bias, height_width padding, epilogue after) {
  const auto [B, H, W, C] = x.shape;
  const dim Y = y.shape[1], X = y.shape[2], N = y.shape[3];
  const dim down = divide_up(Y, 2), across = divide_up(X, 2), tiles = B * down * across;
  const auto share = share_out(tiles, N, device.threads(), tiles_at_once);
  auto scope = device.scope();
  auto inputs = device.take<float>(device.threads(), 16, share.rows, C);
  auto products = device.take<float>(device.threads(), 16, share.rows, share.columns);
  auto sums = device.take<float>(device.threads(), 4, share.columns);
  auto strips = device.take<float>(device.threads(), strips_size);
  auto zeros = device.take<float>(std::max(C, N));
  std::fill(zeros.begin(), zeros.end(), 0.0f);
#pragma omp parallel for num_threads(device.threads()) schedule(dynamic) collapse(2)
  for (dim first = 0; first < tiles; first += share.rows)
    for (dim column = 0; column < N; column += share.columns) {
      const int thread = omp_get_thread_num();
      const dim count = std::min(share.rows, tiles - first), columns = std::min(share.columns, N - column);
      const auto tile_of = [&, down = down, across = across](dim t) {
        return std::array{t / across / down, t / across % down * 2, t % across * 2};
      };
      for (dim t = 0; t < count; ++t) {
        const auto [b, h, w] = tile_of(first + t);
        std::array<const float*, 16> places;
        for (dim i = 0; i < 16; ++i) {
          const dim from_h = h + i / 4 - padding[0], from_w = w + i % 4 - padding[1];
          const bool inside = from_h >= 0 && from_h < H && from_w >= 0 && from_w < W;
          places[i] = inside ? x.data + ((b * H + from_h) * W + from_w) * C : zeros.data;
        }
        transform_input(inputs[thread].data + t * C, share.rows * C, places, C);
      }
      for (dim place = 0; place < 16; ++place) {
        const packed_factor factor{C, N, factors + place * C * packed_factor::padded(N)};
        multiply_rows(products[thread][place].data, share.columns, nullptr, 0, plain(inputs[thread][place]),
                      count, factor.columns(column, column + columns), strips[thread].data);
      }
      for (dim t = 0; t < count; ++t) {
        const auto [b, h, w] = tile_of(first + t);
        float* sum = sums[thread].data;
        transform_output(sum, products[thread].data + t * share.columns, share.rows * share.columns,
                         bias ? bias + column : zeros.data, columns);
        for (dim i = 0; i < 2 && h + i < Y; ++i)
          for (dim j = 0; j < 2 && w + j < X; ++j)
            finish_place(y.data + ((b * Y + h + i) * X + w + j) * N + column, sum + (2 * i + j) * columns,
                         columns, after);
      }
    }
}

}  // namespace eev::cpu::detail

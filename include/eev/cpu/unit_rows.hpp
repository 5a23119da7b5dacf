// The fast form of reference/unit_rows.hpp: rows shared over threads, sums in vectors.
#pragma once

#include <algorithm>
#include <cmath>

#include <eev/core/epilogue.hpp>
#include <eev/cpu/device.hpp>

namespace eev::cpu {

namespace detail {

inline float product_of_rows(const float* a, const float* b, dim C) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (dim c = 0; c < C; ++c) sum += a[c] * b[c];
  return sum;
}

inline float norm_of_row(const float* x, dim C) {
  return std::max(std::sqrt(product_of_rows(x, x, C)), 1e-12f);
}

}  // namespace detail

/// Spec: reference/unit_rows.hpp.
inline void unit_rows(device& device, view<float, 2> y, const_view<float, 2> x, double length) {
  require(y.shape == x.shape, "unit_rows: y ", y.shape, ", x ", x.shape, "; expected y like x");
  const auto [R, C] = x.shape;
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim r = 0; r < R; ++r) {
    const dim row = r * C;
    const float scale = float(length) / detail::norm_of_row(x.data + row, C);
#pragma omp simd
    for (dim i = row; i < row + C; ++i) y.data[i] = scale * x.data[i];
  }
}

/// Spec: reference/unit_rows.hpp.
inline void unit_rows_backward(device& device, view<float, 2> dx, const_view<float, 2> dy,
                               const_view<float, 2> y, const_view<float, 2> x, double length,
                               epilogue after = epilogue::none) {
  require(dx.shape == x.shape && dy.shape == x.shape && y.shape == x.shape, "unit_rows_backward: dx ",
          dx.shape, ", dy ", dy.shape, ", y ", y.shape, ", x ", x.shape,
          "; expected the same shape four times");
  const auto [R, C] = x.shape;
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim r = 0; r < R; ++r) {
    const dim row = r * C;
    const float norm = detail::norm_of_row(x.data + row, C);
    const float across = float(length) / norm;
    const float along = detail::product_of_rows(y.data + row, dy.data + row, C) / (float(length) * norm);
    for (dim i = row; i < row + C; ++i) {
      const float gradient = across * dy.data[i] - along * y.data[i];
      dx.data[i] = after == epilogue::add ? dx.data[i] + gradient : gradient;
    }
  }
}

}  // namespace eev::cpu

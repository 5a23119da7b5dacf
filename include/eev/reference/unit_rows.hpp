// In:  rows x [R, C].  Out: rows y [R, C] of one length, and the gradients on the way back.  Rests on:
// core/epilogue, reference/device.
#pragma once

#include <algorithm>
#include <cmath>

#include <eev/core/epilogue.hpp>
#include <eev/reference/device.hpp>

namespace eev::reference {

/// What |x| is at least, so that a row of zeros has a direction: that of nothing.
inline constexpr double least_norm = 1e-12;

/// y[r] = length x[r] / |x[r]|
template <class T>
void unit_rows(device<T>&, view<T, 2> y, const_view<T, 2> x, double length) {
  require(y.shape == x.shape, "unit_rows: y ", y.shape, ", x ", x.shape, "; expected y like x");
  const auto [R, C] = x.shape;
  for (dim r = 0; r < R; ++r) {
    T squares = 0;
    for (dim c = 0; c < C; ++c) squares += x(r, c) * x(r, c);
    const T scale = T(length) / std::max(std::sqrt(squares), T(least_norm));
    for (dim c = 0; c < C; ++c) y(r, c) = scale * x(r, c);
  }
}

/// dx[r] = (length dy[r] - y[r] (y[r] . dy[r]) / length) / |x[r]|; with epilogue::add it is added to dx.
template <class T>
void unit_rows_backward(device<T>&, view<T, 2> dx, const_view<T, 2> dy, const_view<T, 2> y,
                        const_view<T, 2> x, double length, epilogue after = epilogue::none) {
  require(dx.shape == x.shape && dy.shape == x.shape && y.shape == x.shape, "unit_rows_backward: dx ",
          dx.shape, ", dy ", dy.shape, ", y ", y.shape, ", x ", x.shape,
          "; expected the same shape four times");
  const auto [R, C] = x.shape;
  for (dim r = 0; r < R; ++r) {
    T squares = 0, along = 0;
    for (dim c = 0; c < C; ++c) squares += x(r, c) * x(r, c), along += y(r, c) * dy(r, c);
    const T norm = std::max(std::sqrt(squares), T(least_norm));
    for (dim c = 0; c < C; ++c) {
      const T gradient = (T(length) * dy(r, c) - y(r, c) * along / T(length)) / norm;
      dx(r, c) = (after == epilogue::add ? dx(r, c) : T(0)) + gradient;
    }
  }
}

}  // namespace eev::reference

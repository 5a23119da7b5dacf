// In:  two sets of curves [T, E].  Out: the correlation of each pair, [E].  Rests on: core/view.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <eev/core/view.hpp>

namespace eev::curve {

/// r[e] = Sxy / (sqrt(Sxx Syy) + epsilon), where S.. are sums over time of products of the deviations from
/// the mean; not-a-number if one of the two curves is constant (no rows, or one, included).
///
/// In double and in two passes. Values are taken relative to their first: those of a constant curve are then
/// exactly zero, and none is ever taken for constant, or for varying, by rounding.
template <class X, class Y>
void pearson(view<double, 1> r, view<X, 2> x, view<Y, 2> y, double epsilon = 0) {
  const auto [T, E] = x.shape;
  require(y.shape == x.shape && r.shape[0] == E, "pearson: r ", r.shape, ", x ", x.shape, ", y ", y.shape,
          "; expected r [E], x and y [T, E]");
  std::vector<double> sums(5 * E);
  double *mean_x = sums.data(), *mean_y = mean_x + E, *xx = mean_y + E, *yy = xx + E, *xy = yy + E;
  for (dim t = 0; t < T; ++t)
    for (dim e = 0; e < E; ++e) {
      mean_x[e] += (double(x(t, e)) - double(x(0, e))) / double(T);
      mean_y[e] += (double(y(t, e)) - double(y(0, e))) / double(T);
    }
  for (dim t = 0; t < T; ++t)
    for (dim e = 0; e < E; ++e) {
      const double dx = double(x(t, e)) - double(x(0, e)) - mean_x[e];
      const double dy = double(y(t, e)) - double(y(0, e)) - mean_y[e];
      xx[e] += dx * dx;
      yy[e] += dy * dy;
      xy[e] += dx * dy;
    }
  for (dim e = 0; e < E; ++e) {
    const double scale = std::sqrt(xx[e]) * std::sqrt(yy[e]);  // the product of the sums may underflow
    const bool constant = xx[e] == 0 || yy[e] == 0;
    r(e) = constant ? std::numeric_limits<double>::quiet_NaN()
                    : std::clamp(xy[e] / (scale + epsilon), -1.0, 1.0);
  }
}

}  // namespace eev::curve

// In:  rows of scores [T, E] at one rate.  Out: rows [K, E] at another.  Rests on: core.
#pragma once

#include <algorithm>

#include <eev/core/rational.hpp>
#include <eev/core/table.hpp>
#include <eev/core/view.hpp>

namespace eev::curve {

/// Rows of a curve: k / rate seconds, for all k with k / rate < duration.
inline dim rows_within(rational duration, rational rate) { return (rate * duration).ceil(); }

/// y[k] = (1 - f) x[i] + f x[i + 1], where i and f are the whole and the fractional part of k input_rate /
/// rate; past the last row of x, that row. Positions are exact: where k / rate falls on a row of x, y[k] is
/// that row.
inline void interpolate(view<float, 2> y, const_view<float, 2> x, rational rate, rational input_rate = 1) {
  const auto [K, E] = y.shape;
  const dim T = x.shape[0];
  require((T > 0 || K == 0) && x.shape[1] == E && rate > 0 && input_rate > 0, "interpolate: y ", y.shape,
          ", x ", x.shape, ", from rate ", input_rate.value(), " to ", rate.value(),
          "; expected x [T, E] of at least one row, y [K, E] and positive rates");
  const rational step = input_rate / rate;
  for (dim k = 0; k < K; ++k) {
    const rational position = rational(k) * step;
    const dim row = std::min<dim>(position.floor(), T - 1), next = std::min(row + 1, T - 1);
    const double fraction = (position - rational(position.floor())).value();
    for (dim e = 0; e < E; ++e) y(k, e) = float((1 - fraction) * x(row, e) + fraction * x(next, e));
  }
}

/// The same as a table of all rows within `duration`.
inline table interpolate(const table& sparse, rational duration, rational rate, rational input_rate = 1) {
  require(rate > 0, "interpolate: to rate ", rate.value(), "; expected a positive rate");
  table y(sparse.columns(), rows_within(duration, rate));
  interpolate(y.tensor(), sparse.tensor(), rate, input_rate);
  return y;
}

}  // namespace eev::curve

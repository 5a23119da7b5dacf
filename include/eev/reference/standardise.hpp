// In:  rows x [R, C], and the mean and standard deviation of each column.  Out: rows y [R, C].  Rests on:
// reference/device.
#pragma once

#include <eev/reference/device.hpp>

namespace eev::reference {

/// y[r, c] = (x[r, c] - mean[c]) / deviation[c]. y may be x.
template <class T>
void standardise(device<T>&, view<T, 2> y, const_view<T, 2> x, const_view<T, 1> mean,
                 const_view<T, 1> deviation) {
  const auto [R, C] = x.shape;
  require(y.shape == x.shape && mean.shape[0] == C && deviation.shape[0] == C, "standardise: y ", y.shape,
          ", x ", x.shape, ", mean ", mean.shape, ", deviation ", deviation.shape,
          "; expected y like x, mean and deviation [", C, "]");
  for (dim r = 0; r < R; ++r)
    for (dim c = 0; c < C; ++c) y(r, c) = (x(r, c) - mean(c)) / deviation(c);
}

}  // namespace eev::reference

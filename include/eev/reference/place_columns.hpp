// In:  rows x [R, N].  Out: the columns from `first` on of rows y [R, C].  Rests on: reference/device.
#pragma once

#include <eev/reference/device.hpp>

namespace eev::reference {

/// y[r, first + n] = x[r, n]; the other columns of y stay.
template <class T>
void place_columns(device<T>&, view<T, 2> y, const_view<T, 2> x, dim first) {
  const auto [R, N] = x.shape;
  require(y.shape[0] == R && first >= 0 && first + N <= y.shape[1], "place_columns: y ", y.shape, ", x ",
          x.shape, " from column ", first, " on; expected y [R, C], x [R, N], N columns from there");
  for (dim r = 0; r < R; ++r)
    for (dim n = 0; n < N; ++n) y(r, first + n) = x(r, n);
}

}  // namespace eev::reference

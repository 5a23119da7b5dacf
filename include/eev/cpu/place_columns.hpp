// The fast form of reference/place_columns.hpp: rows shared over threads.
#pragma once

#include <algorithm>

#include <eev/cpu/device.hpp>

namespace eev::cpu {

/// Spec: reference/place_columns.hpp. T is float or bfloat16.
template <class T>
void place_columns(device& device, view<T, 2> y, const_view<T, 2> x, dim first) {
  const dim R = x.shape[0], N = x.shape[1], C = y.shape[1];
  require(y.shape[0] == R && first >= 0 && first + N <= C, "place_columns: y ", y.shape, ", x ", x.shape,
          " from column ", first, " on; expected y [R, C], x [R, N], N columns from there");
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim r = 0; r < R; ++r) std::copy_n(x.data + r * N, N, y.data + r * C + first);
}

}  // namespace eev::cpu

// In:  rows a [R, N] and b [R, M].  Out: rows y [R, N + M].  Rests on: reference/device.
#pragma once

#include <eev/reference/device.hpp>

namespace eev::reference {

/// y[r] = a[r] followed by b[r].
template <class T>
void concatenate(device<T>&, view<T, 2> y, const_view<T, 2> a, const_view<T, 2> b) {
  const auto [R, N] = a.shape;
  const dim M = b.shape[1];
  require(b.shape[0] == R && y.shape == std::array{R, N + M}, "concatenate: y ", y.shape, ", a ", a.shape,
          ", b ", b.shape, "; expected y [R, N + M], a [R, N], b [R, M]");
  for (dim r = 0; r < R; ++r) {
    for (dim n = 0; n < N; ++n) y(r, n) = a(r, n);
    for (dim m = 0; m < M; ++m) y(r, N + m) = b(r, m);
  }
}

}  // namespace eev::reference

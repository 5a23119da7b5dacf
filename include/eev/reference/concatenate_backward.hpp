// In:  the gradient dy [R, N + M] of what concatenate() made.  Out: the gradients da [R, N] and db [R, M].
// Rests on: reference/device.
#pragma once

#include <eev/reference/device.hpp>

namespace eev::reference {

/// da[r] is the first N of dy[r], db[r] the others.
template <class T>
void concatenate_backward(device<T>&, view<T, 2> da, view<T, 2> db, const_view<T, 2> dy) {
  const auto [R, N] = da.shape;
  const dim M = db.shape[1];
  require(db.shape[0] == R && dy.shape == std::array{R, N + M}, "concatenate_backward: da ", da.shape,
          ", db ", db.shape, ", dy ", dy.shape, "; expected da [R, N], db [R, M], dy [R, N + M]");
  for (dim r = 0; r < R; ++r) {
    for (dim n = 0; n < N; ++n) da(r, n) = dy(r, n);
    for (dim m = 0; m < M; ++m) db(r, m) = dy(r, N + m);
  }
}

}  // namespace eev::reference

// In:  tokens x [B, N, C].  Out: their mean y [B, C].  Rests on: reference/device.
#pragma once

#include <array>

#include <eev/reference/device.hpp>

namespace eev::reference {

/// y[b, c] = mean over n of x[b, n, c]
template <class T>
void mean_pool(device<T>&, view<T, 2> y, const_view<T, 3> x) {
  const auto [B, N, C] = x.shape;
  require(y.shape == std::array{B, C} && N > 0, "mean_pool: y ", y.shape, ", x ", x.shape,
          "; expected y [B, C], x [B, N, C]");
  for (dim b = 0; b < B; ++b)
    for (dim c = 0; c < C; ++c) {
      T sum = 0;
      for (dim n = 0; n < N; ++n) sum += x(b, n, c);
      y(b, c) = sum / T(N);
    }
}

}  // namespace eev::reference

// In:  the gradient dy [B, C] of what mean_pool() made.  Out: it, added to the gradient of the tokens.  Rests
// on: reference/mean_pool.
#pragma once

#include <eev/reference/mean_pool.hpp>

namespace eev::reference {

/// dx[b, n, c] += dy[b, c] / N
template <class T>
void mean_pool_backward(device<T>&, view<T, 3> dx, const_view<T, 2> dy) {
  const auto [B, N, C] = dx.shape;
  require(dy.shape == std::array{B, C}, "mean_pool_backward: dx ", dx.shape, ", dy ", dy.shape,
          "; expected dx [B, N, C], dy [B, C]");
  for (dim b = 0; b < B; ++b)
    for (dim n = 0; n < N; ++n)
      for (dim c = 0; c < C; ++c) dx(b, n, c) += dy(b, c) / T(N);
}

}  // namespace eev::reference

// In:  a branch x [B, N, C], its gates' logits [B, C], a residual y [B, N, C].  Out: y, a block's result.
// Rests on: reference/gate.
#pragma once

#include <array>

#include <eev/reference/gate.hpp>

namespace eev::reference {

/// y[b, n, c] = max(0, y[b, n, c] + sigmoid(logits[b, c]) x[b, n, c]), n over the places of an image
///
/// The end of a squeeze-and-excitation block. Not-a-number stays.
template <class T>
void excite(device<T>&, view<T, 3> y, const_view<T, 3> x, const_view<T, 2> logits) {
  const auto [B, N, C] = x.shape;
  require(y.shape == x.shape && logits.shape == std::array{B, C}, "excite: y ", y.shape, ", x ", x.shape,
          ", logits ", logits.shape, "; expected y and x [B, N, C], logits [B, C]");
  for (dim b = 0; b < B; ++b)
    for (dim n = 0; n < N; ++n)
      for (dim c = 0; c < C; ++c) {
        const T sum = y(b, n, c) + sigmoid_of(logits(b, c)) * x(b, n, c);
        y(b, n, c) = sum < 0 ? T(0) : sum;
      }
}

}  // namespace eev::reference

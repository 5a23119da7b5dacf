// In:  the gradient dy [R, N] of what linear() made of x [R, K] and weights [N, K].  Out: the gradients dx,
// dweight, dbias.  Rests on: reference/linear.
#pragma once

#include <eev/reference/linear.hpp>

namespace eev::reference {

/// linear() over weights that change at every step, and so are not packed.
template <class T>
void linear_forward(device<T>& device, view<T, 2> y, const_view<T, 2> x, const_view<T, 2> weight,
                    const_view<T, 1> bias) {
  linear(device, y, x, weight, bias);
}

/// dx[r, k]      = sum over n of dy[r, n] weight[n, k]
/// dweight[n, k] = sum over r of dy[r, n] x[r, k]
/// dbias[n]      = sum over r of dy[r, n]
///
/// An empty dx is not computed. With epilogue::add it is added to what dx holds.
template <class T>
void linear_backward(device<T>&, view<T, 2> dx, view<T, 2> dweight, view<T, 1> dbias, const_view<T, 2> dy,
                     const_view<T, 2> x, const_view<T, 2> weight, epilogue after = epilogue::none) {
  const auto [R, K] = x.shape;
  const dim N = dy.shape[1];
  require(dy.shape[0] == R && weight.shape == std::array{N, K} && dweight.shape == weight.shape &&
              dbias.shape[0] == N && (!dx.data || dx.shape == x.shape),
          "linear_backward: dx ", dx.shape, ", dweight ", dweight.shape, ", dbias ", dbias.shape, ", dy ",
          dy.shape, ", x ", x.shape, ", weight ", weight.shape,
          "; expected dx and x [R, K], dweight and weight [N, K], dbias [N], dy [R, N]");
  if (dx.data)
    for (dim r = 0; r < R; ++r)
      for (dim k = 0; k < K; ++k) {
        T sum = 0;
        for (dim n = 0; n < N; ++n) sum += dy(r, n) * weight(n, k);
        dx(r, k) = finish(after, sum, dx(r, k));
      }
  for (dim n = 0; n < N; ++n) {
    dbias(n) = 0;
    for (dim k = 0; k < K; ++k) dweight(n, k) = 0;
    for (dim r = 0; r < R; ++r) {
      dbias(n) += dy(r, n);
      for (dim k = 0; k < K; ++k) dweight(n, k) += dy(r, n) * x(r, k);
    }
  }
}

}  // namespace eev::reference

// In:  rows x [R, K], weights [N, K], bias [N].  Out: rows y [R, N].  Rests on: reference/device.
#pragma once

#include <cmath>

#include <eev/core/epilogue.hpp>
#include <eev/reference/device.hpp>

namespace eev::reference {

/// The epilogue `after` of one value: `sum` includes the bias, `before` is what y held.
template <class T>
T finish(epilogue after, T sum, T before) {
  switch (after) {
    case epilogue::relu:
      return sum < 0 ? T(0) : sum;  // a not-a-number stays
    case epilogue::gelu:
      return sum * (1 + std::erf(sum / std::sqrt(T(2)))) / 2;
    case epilogue::add:
      return before + sum;
    case epilogue::none:
      break;
  }
  return sum;
}

/// y[r, n] = finish(sum over k of x[r, k] weight[n, k], + bias[n])
///
/// An empty bias is no bias. With epilogue::add the product is added to what y holds.
template <class T>
void linear(device<T>&, view<T, 2> y, const_view<T, 2> x, const_view<T, 2> weight, const_view<T, 1> bias,
            epilogue after = epilogue::none) {
  const auto [R, K] = x.shape;
  const dim N = weight.shape[0];
  require(y.shape == std::array{R, N} && weight.shape[1] == K && (!bias.data || bias.shape[0] == N),
          "linear: y ", y.shape, ", x ", x.shape, ", weight ", weight.shape, ", bias ", bias.shape,
          "; expected y [R, N], x [R, K], weight [N, K], bias [N]");
  for (dim r = 0; r < R; ++r) {
    for (dim n = 0; n < N; ++n) {
      T sum = bias.data ? bias(n) : T(0);
      for (dim k = 0; k < K; ++k) sum += x(r, k) * weight(n, k);
      y(r, n) = finish(after, sum, y(r, n));
    }
  }
}

}  // namespace eev::reference

// The fast form of reference/linear_backward.hpp: three matrix products; the weights are packed at every
// call, which costs as much as a few rows.
#pragma once

#include <eev/cpu/matrix_product.hpp>

namespace eev::cpu {

/// Spec: reference/linear_backward.hpp.
inline void linear_forward(device& device, view<float, 2> y, const_view<float, 2> x,
                           const_view<float, 2> weight, const_view<float, 1> bias) {
  const auto [R, K] = x.shape;
  const dim N = weight.shape[0];
  require(y.shape == std::array{R, N} && weight.shape[1] == K && (!bias.data || bias.shape[0] == N),
          "linear_forward: y ", y.shape, ", x ", x.shape, ", weight ", weight.shape, ", bias ", bias.shape,
          "; expected y [R, N], x [R, K], weight [N, K], bias [N]");
  auto scope = device.scope();
  const auto packed = detail::pack_factor(device, detail::transposed(weight), K, N);
  detail::matrix_product(device, y, detail::plain(x), packed, bias.data);
}

/// Spec: reference/linear_backward.hpp.
inline void linear_backward(device& device, view<float, 2> dx, view<float, 2> dweight, view<float, 1> dbias,
                            const_view<float, 2> dy, const_view<float, 2> x, const_view<float, 2> weight,
                            epilogue after = epilogue::none) {
  const auto [R, K] = x.shape;
  const dim N = dy.shape[1];
  require(dy.shape[0] == R && weight.shape == std::array{N, K} && dweight.shape == weight.shape &&
              dbias.shape[0] == N && (!dx.data || dx.shape == x.shape),
          "linear_backward: dx ", dx.shape, ", dweight ", dweight.shape, ", dbias ", dbias.shape, ", dy ",
          dy.shape, ", x ", x.shape, ", weight ", weight.shape,
          "; expected dx and x [R, K], dweight and weight [N, K], dbias [N], dy [R, N]");
  auto scope = device.scope();
  if (dx.data) {
    const auto weights = detail::pack_factor(device, detail::plain(weight), N, K);
    detail::matrix_product(device, dx, detail::plain(dy), weights, nullptr, after);
  }
  const auto rows = detail::pack_factor(device, detail::plain(x), R, K);
  detail::matrix_product(device, dweight, detail::transposed(dy), rows, nullptr);
  detail::sum_columns(device, dbias, dy);
}

}  // namespace eev::cpu

// The fast form of reference/linear_backward.hpp: the weights are packed at every call, which costs as much
// as a few rows; the product over rows is shared out by tiles of its result.
#pragma once

#include <eev/cpu/matrix_product.hpp>

namespace eev::cpu {

/// Spec: reference/linear_backward.hpp.
inline void linear_forward(device& device, view<float, 2> y, const_view<float, 2> x,
                           const_view<float, 2> weight, const_view<float, 1> bias) {
  auto scope = device.scope();
  const auto packed = detail::pack_scratch(device, weight.data, weight.shape[0], weight.shape[1],
                                           dnnl::memory::format_tag::ba);
  linear(device, y, x, packed, bias);
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
  if (dx.data) {
    auto scope = device.scope();
    const auto packed = detail::pack_scratch(device, weight.data, K, N, dnnl::memory::format_tag::ab);
    linear(device, dx, dy, packed, {}, after);
  }
  detail::transposed_product(device, dweight, dy, x);
  detail::sum_columns(device, dbias, dy);
}

}  // namespace eev::cpu

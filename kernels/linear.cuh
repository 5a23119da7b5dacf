// Spec: reference/linear.hpp. In: rows x [R, K], weight [N, K], bias [N]. Out: rows y [R, N], float or
// bfloat16.
//
// The product is the library's (device/matrix_product.hpp), with bias, ReLU and the residual in its epilogue.
// Its GELU is the tanh form, up to 5e-4 off the erf form that Swin was trained with: less than what bfloat16
// rounds away, so there it is taken; in float, and where vectors do not fit the rows, bias and GELU are a
// kernel of ours (epilogues.cuh).
//
// Limits: R below 2^34, N below 2^31. 2 R N K FLOP: bound by arithmetic if R, N and K are all large.
#pragma once

#include <eev/cuda/linear.hpp>

#include "device/matrix_product.hpp"
#include "epilogues.cuh"

namespace eev::cuda {
namespace {

template <class Out, class In>
void linear_rows(device& device, view<Out, 2> y, view<const In, 2> x, view<const In, 2> weight,
                 view<const float, 1> bias, epilogue after) {
  const auto [R, K] = x.shape;
  const dim N = weight.shape[0];
  require(y.shape == std::array{R, N} && weight.shape[1] == K && (!bias.data || bias.shape[0] == N) && K > 0,
          "linear: y ", y.shape, ", x ", x.shape, ", weight ", weight.shape, ", bias ", bias.shape,
          "; expected y [R, N], x [R, K], weight [N, K], bias [N], K at least 1");
  if (y.size() == 0) return;
  auto scope = device.scope();
  matrix_product product(y, as_it_lies(x), transposed(weight));
  const bool whole = N % 8 == 0 && K % 8 == 0 && aligned_to(16, x.data) && aligned_to(16, weight.data) &&
                     aligned_to(16, y.data);
  const bool separate = after == epilogue::gelu && !(std::is_same_v<Out, bfloat16> && whole);
  if (after == epilogue::relu) product.after = activation::relu;
  if (after == epilogue::gelu && !separate) product.after = activation::gelu;
  product.add = after == epilogue::add;
  if (!separate) product.bias = bias_as<Out>(device, bias);
  multiply(device, product);
  if (separate) launch_bias_gelu(device, in_kernel(y.data), bias.data, R, N);
}

}  // namespace

void linear(device& device, view<float, 2> y, view<const float, 2> x, view<const float, 2> weight,
            view<const float, 1> bias, epilogue after) {
  linear_rows(device, y, x, weight, bias, after);
}
void linear(device& device, view<float, 2> y, view<const bfloat16, 2> x, view<const bfloat16, 2> weight,
            view<const float, 1> bias, epilogue after) {
  linear_rows(device, y, x, weight, bias, after);
}
void linear(device& device, view<bfloat16, 2> y, view<const bfloat16, 2> x, view<const bfloat16, 2> weight,
            view<const float, 1> bias, epilogue after) {
  linear_rows(device, y, x, weight, bias, after);
}

void linear_forward(device& device, view<float, 2> y, view<const float, 2> x, view<const float, 2> weight,
                    view<const float, 1> bias) {
  linear_rows(device, y, x, weight, bias, epilogue::none);
}

}  // namespace eev::cuda

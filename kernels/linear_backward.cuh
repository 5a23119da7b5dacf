// Spec: reference/linear_backward.hpp. In: dy [R, N], x [R, K], weight [N, K]. Out: dx [R, K], dweight [N,
// K], dbias [N].
//
// Two products of the library's (device/matrix_product.hpp), and sums of columns (device/columns.cuh).
// Limits: R below 2^24. 4 R N K FLOP; memory of the sums: 4 R N bytes.
#pragma once

#include <eev/cuda/linear_backward.hpp>

#include "device/columns.cuh"
#include "device/matrix_product.hpp"

namespace eev::cuda {

// ---- launcher ----

void linear_backward(device& device, view<float, 2> dx, view<float, 2> dweight, view<float, 1> dbias,
                     view<const float, 2> dy, view<const float, 2> x, view<const float, 2> weight,
                     epilogue after) {
  const auto [R, K] = x.shape;
  const dim N = dy.shape[1];
  require(dy.shape[0] == R && weight.shape == std::array{N, K} && dweight.shape == weight.shape &&
              dbias.shape[0] == N && (!dx.data || dx.shape == x.shape) && N > 0 && K > 0,
          "linear_backward: dx ", dx.shape, ", dweight ", dweight.shape, ", dbias ", dbias.shape, ", dy ",
          dy.shape, ", x ", x.shape, ", weight ", weight.shape,
          "; expected dx and x [R, K], dweight and weight [N, K], dbias [N], dy [R, N], N and K at least 1");
  require(after == epilogue::none || after == epilogue::add, "linear_backward: epilogue ", int(after),
          "; expected none or add");
  sum_columns("linear_backward", device, dbias.data, dy.data, R, N);
  if (R == 0) return fill_zeros("linear_backward", device, dweight.data, dweight.size());
  if (dx.data) {
    matrix_product product(dx, as_it_lies(dy), as_it_lies(weight));
    product.add = after == epilogue::add;
    multiply(device, product);
  }
  multiply(device, matrix_product(dweight, transposed(dy), as_it_lies(x)));
}

}  // namespace eev::cuda

// In:  a product of matrices in the GPU's memory, described.  Out: it is begun in the device's stream, or one
// eev::error says what is wrong.  Rests on: cuda/device.
//
//   matrix_product product(y, rows(x), columns(weight));  // y [R, N] = x [R, K] weight [N, K]^T
//   product.bias = bias.data;
//   multiply(device, product);
//
// Products of float are true float, unless the device may round factors. Those of bfloat16 are summed in
// float. The same row of y gets the same bits whatever the number of rows.
#pragma once

#include <eev/cuda/device.hpp>

#include "libraries.hpp"

namespace eev::cuda {

/// A matrix that is multiplied, [rows, columns]. It lies in memory row by row, or, if `transposed`, its
/// transpose does.
template <class T>
struct factor {
  const T* data;
  dim rows, columns;
  dim step;  // elements from one row to the next, as it lies in memory
  bool transposed = false;
  dim batch_step = 0;  // elements from one product's to the next one's
};

/// The matrix as it lies in memory.
template <class T>
factor<T> as_it_lies(view<const T, 2> x) {
  return {x.data, x.shape[0], x.shape[1], x.shape[1]};
}
template <class T>
factor<T> as_it_lies(view<T, 2> x) {
  return as_it_lies(view<const T, 2>(x));
}

/// Its transpose.
template <class T>
factor<T> transposed(view<const T, 2> x) {
  return {x.data, x.shape[1], x.shape[0], x.shape[1], true};
}
template <class T>
factor<T> transposed(view<T, 2> x) {
  return transposed(view<const T, 2>(x));
}

/// What becomes of a product's elements, before they are rounded. GELU in its tanh form.
enum class activation { none, relu, gelu };

/// y = activation(a b + bias + y?), where bias and y are there if they are asked for: y [M, N], a [M, K], b
/// [K, N], bias [N] of y's type. No dimension is 0.
struct matrix_product {
  struct operand {
    const void* data;
    dim step;
    bool transposed;
    dim batch_step;
  };

  template <class Out, class In>
  matrix_product(view<Out, 2> to, const factor<In>& left, const factor<In>& right)
      : M(to.shape[0]),
        N(to.shape[1]),
        K(left.columns),
        in(element_of<In>),
        out(element_of<Out>),
        a{left.data, left.step, left.transposed, left.batch_step},
        b{right.data, right.step, right.transposed, right.batch_step},
        y(to.data),
        y_step(N) {
    static_assert(sizeof(Out) >= sizeof(In), "bfloat16 cannot hold what is multiplied in float");
    require(left.rows == M && right.rows == K && right.columns == N && M > 0 && N > 0 && K > 0,
            "matrix product: [", left.rows, ", ", left.columns, "] times [", right.rows, ", ", right.columns,
            "] to ", to.shape, "; expected [M, K] times [K, N] to [M, N], no dimension 0");
  }

  dim M, N, K;
  element in, out;  // of a and b; of y and bias
  operand a, b;
  void* y;
  dim y_step;
  const void* bias = nullptr;
  activation after = activation::none;
  bool add = false;
  bool rounded = false;  // factors of float to TF32, 10 bits after the first: multiply() asks the device
  dim batch = 1;         // products of the same shape; the bias is the same for all of them
  dim y_batch_step = 0;
};

/// True float is multiplied as such unless the device may round factors; bfloat16 is not touched by that.
inline bool rounds(const device& device, const matrix_product& product) {
  return product.in == element::float32 && device.rounds_factors();
}

void multiply(device& device, matrix_product product);

/// Times what the library offers for each product that the device has made so far; matrix_algorithms.inc as
/// it is, but with the fastest for those. For `tools/gpu-check --tune`, after it has run the networks at the
/// sizes that matter: nothing else ever times anything. The host's implementation has nothing to choose from.
std::string tune_products(device& device);

}  // namespace eev::cuda

#include "device/matrix_product.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "close.hpp"
#include "device_tensor.hpp"

using namespace eev;
using namespace eev::test;

namespace {

/// A matrix [rows, columns] of a batch of them, in memory that ends with its last element.
struct matrix {
  dim rows, columns, batch;
  bool transposed;
  dim step, batch_step;
  std::vector<float> values;

  /// `gap` elements lie between a row and the next one, `batch_gap` between a matrix and the next one.
  matrix(dim rows, dim columns, dim batch, bool transposed, dim gap, dim batch_gap, unsigned seed)
      : rows(rows), columns(columns), batch(batch), transposed(transposed) {
    const dim stored_rows = transposed ? columns : rows, stored_columns = transposed ? rows : columns;
    step = stored_columns + gap;
    const dim size = (stored_rows - 1) * step + stored_columns;
    batch_step = size + batch_gap;
    values = whole_values((batch - 1) * batch_step + size, seed);
  }

  dim place(dim b, dim row, dim column) const {
    return b * batch_step + (transposed ? column * step + row : row * step + column);
  }
  double operator()(dim b, dim row, dim column) const { return values[place(b, row, column)]; }

  template <class T>
  cuda::factor<T> in(const device_tensor<T>& memory) const {
    return {memory.tensor().data, rows, columns, step, transposed, batch_step};
  }
};

struct how {
  bool a_transposed = false, b_transposed = false, bias = false, relu = false, add = false;
  dim gap = 0, batch = 1;
};

/// The whole of y's memory, also what lies between its rows, is as expected.
template <class Out, class In>
void is_exact(cuda::device& device, dim M, dim N, dim K, const how& how) {
  const matrix a(M, K, how.batch, how.a_transposed, how.gap, how.gap, 1);
  const matrix b(K, N, how.batch, how.b_transposed, 2 * how.gap, 0, 2);
  const matrix y(M, N, how.batch, false, how.gap, 3 * how.gap, 3);
  const auto bias = whole_values(N, 4);

  auto expected = as_double(y.values);
  for (dim i = 0; i < how.batch; ++i)
    for (dim m = 0; m < M; ++m)
      for (dim n = 0; n < N; ++n) {
        double sum = (how.bias ? bias[n] : 0) + (how.add ? y(i, m, n) : 0);
        for (dim k = 0; k < K; ++k) sum += a(i, m, k) * b(i, k, n);
        expected[y.place(i, m, n)] = how.relu ? std::max(sum, 0.0) : sum;
      }

  const device_tensor<In> left(device, a.values), right(device, b.values);
  const device_tensor<Out> result(device, y.values), plus(device, bias);
  cuda::matrix_product product(view<Out, 2>{result.tensor().data, {M, N}}, a.in(left), b.in(right));
  product.y_step = y.step, product.y_batch_step = y.batch_step, product.batch = how.batch;
  if (how.bias) product.bias = plus.tensor().data;
  product.after = how.relu ? cuda::activation::relu : cuda::activation::none, product.add = how.add;
  multiply(device, product);
  INFO("[", M, ", ", K, "] ", how.a_transposed ? "transposed" : "", " times [", K, ", ", N, "] ",
       how.b_transposed ? "transposed" : "", how.bias ? ", bias" : "", how.relu ? ", relu" : "",
       how.add ? ", add" : "", ", gap ", how.gap, ", batch ", how.batch);
  const auto found = result.values();
  CHECK(std::vector<double>(found.begin(), found.end()) == expected);
}

void is_exact_in_every_type(cuda::device& device, dim M, dim N, dim K, const how& how) {
  is_exact<float, float>(device, M, N, K, how);
  is_exact<float, bfloat16>(device, M, N, K, how);
  is_exact<bfloat16, bfloat16>(device, M, N, K, how);
}

}  // namespace

TEST_CASE("products of whole numbers are exact, each factor as it lies or transposed") {
  cuda::device device;
  for (bool a : {false, true})
    for (bool b : {false, true})
      for (auto [M, N, K] : {std::array<dim, 3>{1, 1, 1}, {3, 5, 7}, {16, 8, 24}, {17, 33, 9}, {5, 1, 20}})
        is_exact_in_every_type(device, M, N, K, {.a_transposed = a, .b_transposed = b});
}

TEST_CASE("a product adds a bias, leaves out what is negative, adds to what is there") {
  cuda::device device;
  for (bool bias : {false, true})
    for (bool relu : {false, true})
      for (bool add : {false, true})
        is_exact_in_every_type(device, 7, 11, 13,
                               {.b_transposed = true, .bias = bias, .relu = relu, .add = add});
}

TEST_CASE(
    "the rows of a product's matrices may lie further apart, and what lies between them is left alone") {
  cuda::device device;
  for (bool a : {false, true})
    for (bool b : {false, true})
      for (dim gap : {1, 8})
        is_exact_in_every_type(device, 6, 10, 5,
                               {.a_transposed = a, .b_transposed = b, .bias = true, .gap = gap});
}

TEST_CASE("a batch of products is computed at once") {
  cuda::device device;
  for (dim gap : {0, 3})
    for (bool b : {false, true})
      is_exact_in_every_type(device, 5, 9, 6,
                             {.b_transposed = b, .bias = true, .add = true, .gap = gap, .batch = 3});
}

TEST_CASE("factors may begin where no vector does") {
  cuda::device device;
  const device_tensor<bfloat16> a(device, {9, 1, 2, 3, 4}), b(device, {9, 9, 9, 1, 10});
  const device_tensor<float> y(device, {9, 0, 0});
  multiply(device,
           cuda::matrix_product(view<float, 2>{y.tensor().data + 1, {2, 1}},
                                cuda::as_it_lies(view<const bfloat16, 2>{a.tensor().data + 1, {2, 2}}),
                                cuda::as_it_lies(view<const bfloat16, 2>{b.tensor().data + 3, {2, 1}})));
  CHECK(y.values() == std::vector<float>{9, 21, 43});
}

TEST_CASE("a product may be begun wherever scratch memory stands") {
  cuda::device device;
  auto scope = device.scope();
  device.take<std::byte>(1);
  is_exact_in_every_type(device, 64, 48, 32, {.b_transposed = true, .bias = true});
}

TEST_CASE("a product's GELU is the tanh form, with and without bias") {
  cuda::device device;
  std::vector<float> x;
  for (int i = -128; i < 128; ++i) x.push_back(float(i) / 32);
  std::vector<float> identity(64);
  for (int i = 0; i < 8; ++i) identity[9 * i] = 1;
  const device_tensor<bfloat16> left(device, x), right(device, identity),
      bias(device, std::vector<float>(8, 0.25f));
  for (bool with_bias : {false, true}) {
    const device_tensor<bfloat16> y(device, dim(x.size()));
    cuda::matrix_product product(y.as(32, 8), cuda::as_it_lies(left.as(32, 8)),
                                 cuda::as_it_lies(right.as(8, 8)));
    product.after = cuda::activation::gelu;
    if (with_bias) product.bias = bias.tensor().data;
    multiply(device, product);
    const auto found = y.values();
    for (int i = 0; i < 256; ++i) {
      const double v = x[i] + (with_bias ? 0.25 : 0);
      const double expected = v * (1 + std::tanh(std::sqrt(2 / M_PI) * (v + 0.044715 * v * v * v))) / 2;
      CHECK(std::abs(float(found[i]) - expected) <= std::abs(expected) / 256 + 1e-5);
    }
  }
}

TEST_CASE("products of misfits and of nothing are refused") {
  cuda::device device;
  const device_tensor<float> x(device, 6);
  CHECK_THROWS_WITH_AS(
      cuda::matrix_product(x.as(2, 3), cuda::as_it_lies(x.as(2, 3)), cuda::as_it_lies(x.as(2, 3))),
      "matrix product: [2, 3] times [2, 3] to [2, 3]; expected [M, K] times [K, N] to [M, N], no "
      "dimension 0",
      error);
  const view<float, 2> none{nullptr, {2, 0}};
  CHECK_THROWS_AS(cuda::matrix_product(x.as(2, 3), cuda::as_it_lies(none),
                                       cuda::transposed(view<float, 2>{nullptr, {3, 0}})),
                  error);
}

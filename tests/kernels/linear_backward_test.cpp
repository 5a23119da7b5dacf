#include <doctest/doctest.h>

#include <eev/cuda/linear_backward.hpp>
#include <eev/reference/linear_backward.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

namespace {

struct linear_backward_case {
  dim R, N, K;
  epilogue after = epilogue::none;
  std::vector<float> dy = random_values(R * N, 1), x = random_values(R * K, 2),
                     weight = random_values(N * K, 3), dx = random_values(R * K, 4);

  template <class T>
  struct results {
    std::vector<T> dx, dweight, dbias;
  };

  results<double> expected() const {
    reference::device<double> device;
    results<double> r{as_double(dx), std::vector<double>(N * K), std::vector<double>(N)};
    linear_backward(device, shaped(r.dx, R, K), shaped(r.dweight, N, K), shaped(r.dbias, N),
                    shaped(as_double(dy), R, N), shaped(as_double(x), R, K), shaped(as_double(weight), N, K),
                    after);
    return r;
  }

  results<float> on_gpu() const {
    cuda::device device;
    const device_tensor<float> gradient(device, dy), rows(device, x), by(device, weight), to(device, dx);
    const device_tensor<float> dweight(device, N * K), dbias(device, N);
    linear_backward(device, to.as(R, K), dweight.as(N, K), dbias.tensor(), gradient.as(R, N), rows.as(R, K),
                    by.as(N, K), after);
    return {to.values(), dweight.values(), dbias.values()};
  }
};

void agrees_with_the_reference(const linear_backward_case& problem) {
  const auto expected = problem.expected();
  in_every_order([&] {
    INFO("R ", problem.R, ", N ", problem.N, ", K ", problem.K);
    const auto ours = problem.on_gpu();
    CHECK(largest_difference(ours.dx, expected.dx) < 1e-5);            // measured on the CPU runner: 2.1e-6
    CHECK(largest_difference(ours.dweight, expected.dweight) < 1e-4);  // 3.6e-5, of sums of 1100
    CHECK(largest_difference(ours.dbias, expected.dbias) < 1e-4);      // 8.6e-6
  });
}

}  // namespace

TEST_CASE("the gradients of a linear layer on the GPU agree with the reference at odd shapes") {
  for (auto [R, N, K] : {std::array<dim, 3>{1, 1, 1}, {7, 5, 3}, {13, 35, 9}, {259, 3, 2}})
    agrees_with_the_reference({R, N, K});
  agrees_with_the_reference({5, 7, 11, epilogue::add});
}

TEST_CASE("large: the bias of more rows than a block sums has the reference's gradient") {
  agrees_with_the_reference({1100, 40, 16});
}

TEST_CASE("the gradient of the rows on the GPU is left out if nobody wants it") {
  const linear_backward_case problem{3, 2, 5};
  cuda::device device;
  const device_tensor<float> dy(device, problem.dy), x(device, problem.x), weight(device, problem.weight);
  const device_tensor<float> dweight(device, dim(10)), dbias(device, dim(2));
  linear_backward(device, {}, dweight.as(2, 5), dbias.tensor(), dy.as(3, 2), x.as(3, 5), weight.as(2, 5));
  CHECK(dweight.values() == problem.on_gpu().dweight);
}

TEST_CASE("no rows have a gradient of zero on the GPU, and a not-a-number stays") {
  const linear_backward_case none{0, 2, 3};
  CHECK(none.on_gpu().dweight == std::vector<float>(6));
  CHECK(none.on_gpu().dbias == std::vector<float>(2));
  linear_backward_case spoiled{3, 2, 2};
  spoiled.dy[3] = NAN;  // row 1, output 1
  const auto ours = spoiled.on_gpu();
  for (dim i = 0; i < 6; ++i) CHECK(std::isnan(ours.dx[i]) == (i / 2 == 1));
  for (dim i = 0; i < 4; ++i) CHECK(std::isnan(ours.dweight[i]) == (i / 2 == 1));
  for (dim n = 0; n < 2; ++n) CHECK(std::isnan(ours.dbias[n]) == (n == 1));
}

TEST_CASE("linear_backward on the GPU refuses shapes that do not fit") {
  cuda::device device;
  const device_tensor<float> six(device, dim(6)), two(device, dim(2));
  CHECK_THROWS_WITH_AS(
      linear_backward(device, {}, six.as(2, 3), six.tensor(), two.as(1, 2), six.as(2, 3), six.as(2, 3)),
      "linear_backward: dx [0, 0], dweight [2, 3], dbias [6], dy [1, 2], x [2, 3], weight [2, 3]; expected "
      "dx "
      "and x [R, K], dweight and weight [N, K], dbias [N], dy [R, N], N and K at least 1",
      error);
}

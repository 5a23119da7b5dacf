#include <doctest/doctest.h>

#include <eev/cpu/gate_backward.hpp>
#include <eev/reference/gate_backward.hpp>

#include "gradients.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("the gradients of a gate and of a sigmoid are those of finite differences") {
  auto x = random_doubles(6, 1), logits = random_doubles(6, 2);
  const auto dy = random_doubles(6, 3);
  std::vector<double> y(6), dx(6), dlogits(6);
  reference::device<double> device;
  const auto gated = [&] {
    gate(device, shaped(y, 2, 3), shaped(x, 2, 3), shaped(logits, 2, 3));
    return dot(y, dy);
  };
  gate_backward(device, shaped(dx, 2, 3), shaped(dlogits, 2, 3), shaped(dy, 2, 3), shaped(x, 2, 3),
                shaped(logits, 2, 3));
  CHECK(gradient_error(x, dx, gated) < 1e-9);
  CHECK(gradient_error(logits, dlogits, gated) < 1e-9);

  const auto score = [&] {
    sigmoid(device, shaped(y, 2, 3), shaped(x, 2, 3));
    return dot(y, dy);
  };
  score();
  sigmoid_backward(device, shaped(dx, 2, 3), shaped(dy, 2, 3), shaped(y, 2, 3));
  CHECK(gradient_error(x, dx, score) < 1e-9);
}

TEST_CASE("the gradients of gates on the cpu agree with the reference at odd shapes, also in place") {
  for (auto [R, C] : {std::pair<dim, dim>{1, 1}, {3, 15}, {7, 1283}}) {
    const auto dy = random_doubles(R * C, 1), x = random_doubles(R * C, 2);
    auto logits = random_doubles(R * C, 3);
    for (double& logit : logits) logit *= 20;
    std::vector<double> dx(R * C), dlogits(R * C), ds(R * C);
    reference::device<double> exact;
    gate_backward(exact, shaped(dx, R, C), shaped(dlogits, R, C), shaped(dy, R, C), shaped(x, R, C),
                  shaped(logits, R, C));
    sigmoid_backward(exact, shaped(ds, R, C), shaped(dy, R, C), shaped(x, R, C));

    cpu::device device(2);
    auto gradient = as_float(dy), from = as_float(logits), other = as_float(dy);
    const auto rows = as_float(x);
    gate_backward(device, shaped(gradient, R, C), shaped(from, R, C), shaped(gradient, R, C),
                  shaped(rows, R, C), shaped(from, R, C));
    sigmoid_backward(device, shaped(other, R, C), shaped(other, R, C), shaped(rows, R, C));
    CHECK(largest_difference(gradient, dx) < 1e-6);
    CHECK(largest_difference(from, dlogits) < 1e-6);
    CHECK(largest_difference(other, ds) < 1e-6);
  }
}

TEST_CASE("gate_backward and sigmoid_backward refuse shapes that do not fit") {
  std::vector<float> six(6), four(4);
  cpu::device device(1);
  const auto good = shaped(six, 2, 3), bad = shaped(four, 2, 2);
  CHECK_THROWS_WITH_AS(gate_backward(device, good, good, good, good, bad),
                       "gate_backward: dx [2, 3], dlogits [2, 3], dy [2, 3], x [2, 3], logits [2, 2]; "
                       "expected the same shape five times",
                       error);
  CHECK_THROWS_WITH_AS(
      sigmoid_backward(device, good, bad, good),
      "sigmoid_backward: dx [2, 3], dy [2, 2], y [2, 3]; expected the same shape three times", error);
}

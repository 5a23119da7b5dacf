#include <doctest/doctest.h>

#include <eev/cpu/gate.hpp>
#include <eev/cpu/gate_backward.hpp>
#include <eev/cpu/linear_backward.hpp>
#include <eev/reference/gate_backward.hpp>
#include <eev/reference/linear_backward.hpp>
#include <eev/train/trainable_linear.hpp>

#include "gradients.hpp"

using namespace eev;
using namespace eev::test;

namespace {

/// A linear layer [N, K] or, of C = N = K columns, a gating of R rows: what came out, and the gradients of
/// the sum of y dy.
struct trainable_linear_case {
  dim R, N, K;
  bool gating;
  std::vector<double> x = random_doubles(R * K, 1), parameters = random_doubles(N * K + N, 2),
                      dy = random_doubles(R * N, 3);

  template <class T>
  struct results {
    std::vector<T> y, dx, gradients;
    bool operator==(const results&) const = default;
  };

  template <class Device>
  auto run(Device& device) const {
    using T = typename Device::scalar;
    const auto of = [](const std::vector<double>& v) { return std::vector<T>(v.begin(), v.end()); };
    const auto x_ = of(x), parameters_ = of(parameters), dy_ = of(dy);
    results<T> r{std::vector<T>(R * N), std::vector<T>(R * K), std::vector<T>(parameters.size())};
    const auto rows = shaped(x_, R, K), rows_dy = shaped(dy_, R, N);
    const auto y = shaped(r.y, R, N), dx = shaped(r.dx, R, K);
    const auto slab = shaped(parameters_, parameters.size());
    const auto gradients = shaped(r.gradients, parameters.size());
    train::parameter_layout layout;
    if (gating) {
      const train::trainable_gating<Device> layer(layout, "gate", N);
      std::vector<T> logits(R * N);
      layer.forward(device, y, shaped(logits, R, N), rows, slab);
      layer.backward(device, dx, gradients, rows_dy, rows, shaped(logits, R, N), slab);
    } else {
      const train::trainable_linear<Device> layer(layout, "linear", N, K);
      layer.forward(device, y, rows, slab);
      layer.backward(device, dx, gradients, rows_dy, rows, slab);
    }
    REQUIRE(layout.size() == dim(parameters.size()));
    return r;
  }
};

}  // namespace

TEST_CASE("a linear layer and a gating in training are the tensors of their checkpoints") {
  train::parameter_layout layout;
  const train::trainable_linear<cpu::device> linear(layout, "linear", 4, 9);
  const train::trainable_gating<cpu::device> gating(layout, "contextGate1", 5);
  std::string names;
  for (const auto& parameter : layout.parameters())
    names += message(parameter.name, " ", parameter.shape, " within ", parameter.bound, "\n");
  CHECK(names == message("linear.weight [4, 9] within ", 1.0 / 3, "\nlinear.bias [4] within ", 1.0 / 3,
                         "\ncontextGate1.linear.weight [5, 5] within ", 1 / std::sqrt(5.0),
                         "\ncontextGate1.linear.bias [5] within ", 1 / std::sqrt(5.0), "\n"));
}

TEST_CASE("the gradients of a linear layer and a gating in training are those of finite differences") {
  for (const bool gating : {false, true}) {
    trainable_linear_case problem{3, 4, gating ? 4 : 5, gating};
    reference::device<double> device;
    const auto exact = problem.run(device);
    const auto loss = [&] { return dot(problem.run(device).y, problem.dy); };
    CHECK(gradient_error(problem.x, exact.dx, loss) < 1e-8);                  // measured: 2e-11
    CHECK(gradient_error(problem.parameters, exact.gradients, loss) < 1e-8);  // measured: 2e-11
  }
}

TEST_CASE("a linear layer and a gating in training on the cpu agree with the reference at odd shapes") {
  for (const auto& [R, N, K, gating] : {std::tuple<dim, dim, dim, bool>{1, 1, 1, false},
                                        {1, 1, 1, true},
                                        {257, 15, 131, false},
                                        {131, 37, 37, true}}) {
    const trainable_linear_case problem{R, N, K, gating};
    reference::device<double> exact;
    cpu::device device(2);
    const auto ours = problem.run(device);
    const auto expected = problem.run(exact);
    CHECK(relative_difference(ours.y, expected.y) < 5e-6);                  // measured: 7e-7
    CHECK(relative_difference(ours.dx, expected.dx) < 5e-6);                // measured: 4e-7
    CHECK(relative_difference(ours.gradients, expected.gradients) < 5e-6);  // measured: 7e-7
  }
}

TEST_CASE("a linear layer and a gating in training are the same bits with any number of threads") {
  for (const bool gating : {false, true}) {
    const trainable_linear_case problem{301, 70, 70, gating};
    cpu::device one(1), three(3);
    CHECK(problem.run(three) == problem.run(one));
  }
}

#include <doctest/doctest.h>

#include <eev/cpu/mixture_of_experts.hpp>
#include <eev/reference/mixture_of_experts.hpp>

#include "golden.hpp"
#include "gradients.hpp"

using namespace eev;
using namespace eev::test;

namespace {

/// M experts for each of E classes, over R rows.
struct mixture_case {
  dim R, E, M;
  double scale = 1;
  std::vector<double> gates = scaled(R * E * (M + 1), 1), experts = scaled(R * E * M, 2),
                      dy = random_doubles(R * E, 3);

  template <class T>
  struct results {
    std::vector<T> y, dgates, dexperts;
    bool operator==(const results&) const = default;
  };

  template <class Device>
  auto run(Device& device) const {
    using T = typename Device::scalar;
    const auto of = [](const std::vector<double>& v) { return std::vector<T>(v.begin(), v.end()); };
    const auto gates_ = of(gates), experts_ = of(experts), dy_ = of(dy);
    results<T> r{std::vector<T>(dy.size()), gates_, experts_};
    mixture_of_experts(device, shaped(r.y, R, E), shaped(gates_, R, E * (M + 1)), shaped(experts_, R, E * M));
    const auto dgates = shaped(r.dgates, R, E * (M + 1)), dexperts = shaped(r.dexperts, R, E * M);
    mixture_of_experts_backward(device, dgates, dexperts, shaped(dy_, R, E), shaped(r.y, R, E), dgates,
                                dexperts);
    return r;
  }

 private:
  std::vector<double> scaled(dim count, unsigned seed) const {
    auto values = random_doubles(count, seed);
    for (double& value : values) value *= scale;
    return values;
  }
};

}  // namespace

TEST_CASE("a mixture of experts and its gradients are PyTorch's") {
  const golden expected("mixture_of_experts");
  mixture_case problem{7, 5, 3};
  problem.gates = expected["gates"].values, problem.experts = expected["experts"].values;
  problem.dy = expected["dy"].values;
  reference::device<double> device;
  const auto ours = problem.run(device);
  CHECK(largest_difference(ours.y, expected["y"].values) < 1e-12);
  CHECK(largest_difference(ours.dgates, expected["dgates"].values) < 1e-12);
  CHECK(largest_difference(ours.dexperts, expected["dexperts"].values) < 1e-12);
}

TEST_CASE("the gradients of a mixture of experts are those of finite differences") {
  mixture_case problem{2, 3, 2, 3};
  reference::device<double> device;
  const auto gradients = problem.run(device);
  const auto loss = [&] { return dot(problem.run(device).y, problem.dy); };
  CHECK(gradient_error(problem.gates, gradients.dgates, loss) < 1e-9);
  CHECK(gradient_error(problem.experts, gradients.dexperts, loss) < 1e-9);
}

TEST_CASE("a mixture of experts on the cpu agrees with the reference at odd shapes") {
  for (const auto& [R, E, M, scale] :
       {std::tuple<dim, dim, dim, double>{1, 1, 1, 1}, {7, 15, 2, 5}, {131, 3, 5, 60}, {0, 15, 2, 1}}) {
    const mixture_case problem{R, E, M, scale};
    reference::device<double> exact;
    cpu::device device(2);
    const auto ours = problem.run(device);
    const auto expected = problem.run(exact);
    CHECK(largest_difference(ours.y, expected.y) < 2e-6);
    CHECK(largest_difference(ours.dgates, expected.dgates) < 2e-6);
    CHECK(largest_difference(ours.dexperts, expected.dexperts) < 2e-6);
  }
}

TEST_CASE("a mixture of experts is the same bits with any number of threads, and keeps a not-a-number") {
  mixture_case problem{37, 15, 2};
  cpu::device one(1), three(3);
  CHECK(problem.run(three) == problem.run(one));
  problem.gates[3 * 15 * 4 + 1] = NAN;  // row 4, expression 0, gate 1
  const auto y = problem.run(one).y;
  for (dim i = 0; i < dim(y.size()); ++i) CHECK(std::isnan(y[i]) == (i == 15 * 4));
}

TEST_CASE("mixture_of_experts and its way back refuse shapes that do not fit") {
  cpu::device device(1);
  std::vector<float> six(6), four(4), two(2);
  CHECK_THROWS_WITH_AS(
      mixture_of_experts(device, shaped(two, 1, 2), shaped(four, 1, 4), shaped(four, 1, 4)),
      "mixture_of_experts: y [1, 2], gates [1, 4], experts [1, 4]; expected y [R, E], gates [R, E (M + 1)], "
      "experts [R, E M]",
      error);
  CHECK_THROWS_AS(
      mixture_of_experts_backward(device, shaped(six, 1, 6), shaped(four, 1, 4), shaped(two, 2, 1),
                                  shaped(two, 1, 2), shaped(six, 1, 6), shaped(four, 1, 4)),
      error);
}

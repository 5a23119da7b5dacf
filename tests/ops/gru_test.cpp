#include <doctest/doctest.h>

#include <eev/cpu/gru.hpp>
#include <eev/reference/gru.hpp>

#include "close.hpp"

using namespace eev;
using namespace eev::test;

namespace {

/// Random weights of a standard deviation of about 1 / sqrt(U), as trained networks begin with.
std::vector<float> random_weight(dim U, unsigned seed) {
  auto values = random_values(3 * U * U, seed);
  for (float& value : values) value *= std::sqrt(3.0f / float(U));
  return values;
}

/// What gru() reads, at random: B sequences of `steps` steps, U units.
struct gru_case {
  dim B, steps, U;
  std::vector<float> projected = random_values(B * steps * 6 * U, 1);
  std::vector<float> weight[2] = {random_weight(U, 2), random_weight(U, 3)};
  std::vector<float> bias = random_values(6 * U, 4);

  /// The states for the sequences `begin` .. `end` - 1.
  template <class Device>
  auto states(Device& device, dim begin, dim end) const {
    using T = typename Device::scalar;
    const std::vector<T> x(projected.begin(), projected.end()), b(bias.begin(), bias.end());
    std::vector<T> y((end - begin) * steps * 2 * U);
    gru(device, shaped(y, end - begin, steps, 2 * U), shaped(x, B, steps, 2, 3 * U).slices(begin, end),
        {device.template pack<T>(weight[0], 3 * U, U), device.template pack<T>(weight[1], 3 * U, U)},
        shaped(b, 2, 3 * U));
    return y;
  }
  template <class Device>
  auto states(Device& device) const {
    return states(device, 0, B);
  }
};

}  // namespace

TEST_CASE("one step of one unit is the formula's") {
  gru_case one{1, 1, 1};
  one.projected = {0.5f, -0.25f, 1, 0.5f, -0.25f, 1};
  one.bias = {0.25f, 0.5f, -2, 0, 0, 0};
  const auto logistic = [](double x) { return 1 / (1 + std::exp(-x)); };
  const double forward = (1 - logistic(0.25)) * std::tanh(1 - 2 * logistic(0.75));
  const double reverse = (1 - logistic(-0.25)) * std::tanh(1);
  reference::device<double> exact;
  CHECK(largest_difference(one.states(exact), std::vector<double>{forward, reverse}) < 1e-12);
  cpu::device device(1);
  CHECK(largest_difference(one.states(device), std::vector<double>{forward, reverse}) < 1e-6);
}

TEST_CASE("a GRU on the cpu agrees with the reference at odd shapes") {
  for (auto [B, steps, U] :
       {std::array<dim, 3>{1, 1, 1}, {2, 3, 5}, {3, 13, 31}, {5, 7, 129}, {101, 2, 17}}) {
    const gru_case problem{B, steps, U};
    reference::device<double> exact;
    cpu::device device(2);
    CHECK(largest_difference(problem.states(device), problem.states(exact)) < 2e-6);  // measured: 2.7e-7
  }
}

TEST_CASE("the reverse direction is the forward one of the sequence run backwards") {
  const dim steps = 6, U = 3;
  gru_case problem{1, steps, U};
  problem.weight[1] = problem.weight[0];
  std::copy_n(problem.bias.begin(), 3 * U, problem.bias.begin() + 3 * U);
  // What the reverse direction reads at t is what the forward one reads at T - 1 - t.
  auto x = shaped(problem.projected, steps, 2, 3 * U);
  for (dim t = 0; t < steps; ++t) std::copy_n(x[t][0].data, 3 * U, x[steps - 1 - t][1].data);
  cpu::device device(2);
  const auto y = problem.states(device);
  for (dim t = 0; t < steps; ++t)
    for (dim u = 0; u < U; ++u) CHECK(y[t * 2 * U + u] == y[(steps - 1 - t) * 2 * U + U + u]);
}

TEST_CASE("a clip's states are the same bits in any batch and with any number of threads") {
  const gru_case problem{67, 5, 33};
  cpu::device one(1), many(7);
  const auto all = problem.states(one);
  CHECK(problem.states(many) == all);
  for (dim b : {0, 40, 66}) {
    const auto alone = problem.states(many, b, b + 1);
    CHECK(alone == std::vector(all.begin() + b * 5 * 66, all.begin() + (b + 1) * 5 * 66));
  }
}

TEST_CASE("a GRU of no sequences or no steps does nothing") {
  cpu::device device(2);
  CHECK(gru_case{0, 4, 3}.states(device).empty());
  CHECK(gru_case{2, 0, 3}.states(device).empty());
}

TEST_CASE("a GRU refuses shapes that do not fit") {
  cpu::device device(1);
  gru_case wrong{1, 2, 4};
  std::vector<float> y(2 * 7);
  const auto weight = device.pack<float>(wrong.weight[0], 12, 4);
  CHECK_THROWS_WITH_AS(gru(device, shaped(y, 1, 2, 7), shaped(wrong.projected, 1, 2, 2, 12), {weight, weight},
                           shaped(wrong.bias, 2, 12)),
                       "gru: y [1, 2, 7], projected [1, 2, 2, 12], weight [12, 4] and [12, 4], bias [2, 12]; "
                       "expected y [B, T, 2U], projected [B, T, 2, 3U], weight [3U, U] twice, bias [2, 3U]",
                       error);
}

#include <doctest/doctest.h>

#include <eev/cpu/elementwise_loss.hpp>
#include <eev/reference/elementwise_loss.hpp>

#include "formula_curves.hpp"
#include "golden.hpp"
#include "gradients.hpp"

using namespace eev;
using namespace eev::test;

namespace {

/// Curves of 3 clips, 13 seconds and 5 expressions; clip b has 3 b rows of padding.
template <class Device>
struct elementwise_case {
  using T = typename Device::scalar;
  formula_curves<T> curves{3, 13, 5};
  std::vector<T> loss{7}, gradient = std::vector<T>(3 * 13 * 5, 7);

  T run(Device& device, const elementwise_weights& weight) {
    elementwise_loss(device, shaped(loss, 1), shaped(gradient, 3, 13, 5),
                     shaped(curves.predictions, 3, 13, 5), shaped(curves.labels, 3, 13, 5),
                     shaped(curves.mask, 3, 13), weight);
    return loss[0];
  }
};

const std::pair<std::string, elementwise_weights> elementwise_losses[] = {
    {"l1", {.l1 = 1}}, {"kl", {.kl = 1}}, {"mse", {.squared_error = 1}}};

}  // namespace

TEST_CASE("L1, KL and MSE and their gradients agree with PyTorch") {
  const golden expected("losses");
  for (const auto& [name, weight] : elementwise_losses) {
    reference::device<double> exact;
    elementwise_case<reference::device<double>> reference;
    CHECK(largest_difference(std::vector{reference.run(exact, weight)}, expected[name + ".loss"].values) <
          1e-12);
    CHECK(largest_difference(reference.gradient, expected[name + ".gradient"].values) < 1e-12);

    cpu::device device(2);
    elementwise_case<cpu::device> fast;
    CHECK(largest_difference(std::vector{fast.run(device, weight)}, expected[name + ".loss"].values) < 1e-6);
    CHECK(relative_difference(fast.gradient, expected[name + ".gradient"].values) < 2e-6);
  }
}

TEST_CASE("a weighted sum of losses has the gradient of finite differences") {
  const elementwise_weights weight{.l1 = 2, .kl = 0.5, .squared_error = 3};
  reference::device<double> device;
  elementwise_case<reference::device<double>> problem;
  for (double& p : problem.curves.predictions) p += 1e-4;  // away from the corner of |p - y|
  problem.run(device, weight);
  const auto gradient = problem.gradient;
  CHECK(gradient_error(problem.curves.predictions, gradient, [&] { return problem.run(device, weight); }) <
        1e-7);
}

TEST_CASE("rows of padding do not count, whatever they hold") {
  elementwise_case<cpu::device> clean, dirty;
  for (std::size_t row = 0; row < dirty.curves.mask.size(); ++row)
    if (dirty.curves.mask[row] == 0)
      for (std::size_t e = 0; e < 5; ++e)
        dirty.curves.predictions[row * 5 + e] = dirty.curves.labels[row * 5 + e] = NAN;
  cpu::device device(2);
  CHECK(dirty.run(device, {.l1 = 1, .kl = 1}) == clean.run(device, {.l1 = 1, .kl = 1}));
  CHECK(dirty.gradient == clean.gradient);
  std::ranges::fill(dirty.curves.mask, 0.0f);
  CHECK(dirty.run(device, {.l1 = 1, .kl = 1}) == 0);
  CHECK(dirty.gradient == std::vector<float>(3 * 13 * 5));
}

TEST_CASE("a prediction of 0 has a finite KL loss, one that is not a number a loss that is none") {
  cpu::device device(1);
  elementwise_case<cpu::device> problem;
  std::ranges::fill(problem.curves.predictions, 0.0f);
  CHECK(std::isfinite(problem.run(device, {.kl = 1})));
  CHECK(std::ranges::all_of(problem.gradient, [](float value) { return std::isfinite(value); }));
  problem.curves.predictions[7] = NAN;
  for (const auto& [name, weight] : elementwise_losses) CHECK(std::isnan(problem.run(device, weight)));
}

TEST_CASE("losses over elements are the same bits with any number of threads") {
  cpu::device one(1), many(5);
  elementwise_case<cpu::device> alone, shared;
  CHECK(alone.run(one, {.l1 = 1, .kl = 1}) == shared.run(many, {.l1 = 1, .kl = 1}));
  CHECK(alone.gradient == shared.gradient);
}

TEST_CASE("elementwise_loss refuses shapes that do not fit") {
  cpu::device device(1);
  std::vector<float> one(1), six(6);
  CHECK_THROWS_WITH_AS(
      elementwise_loss(device, shaped(one, 1), shaped(six, 1, 2, 3), shaped(six, 1, 2, 3),
                       shaped(six, 1, 2, 3), shaped(one, 1, 1), {}),
      "elementwise_loss: loss [1], dp [1, 2, 3], p [1, 2, 3], y [1, 2, 3], mask [1, 1]; expected loss [1], "
      "dp, p and y [B, T, E], mask [B, T]",
      error);
}

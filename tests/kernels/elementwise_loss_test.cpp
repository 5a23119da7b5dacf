#include <doctest/doctest.h>

#include <eev/cuda/elementwise_loss.hpp>
#include <eev/reference/elementwise_loss.hpp>

#include "device_tensor.hpp"
#include "formula_curves.hpp"
#include "gradients.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

namespace {

/// B clips of `steps` seconds and E expressions; the clips end in padding.
struct elementwise_case {
  dim B, steps, E;
  formula_curves<float> curves{B, steps, E};

  struct result {
    float loss;
    std::vector<float> gradient;
    bool operator==(const result&) const = default;
  };

  result on_gpu(const elementwise_weights& weight) const {
    cuda::device device;
    const device_tensor<float> p(device, curves.predictions), y(device, curves.labels),
        mask(device, curves.mask);
    const device_tensor<float> loss(device, dim(1)), dp(device, B * steps * E);
    elementwise_loss(device, loss.tensor(), dp.as(B, steps, E), p.as(B, steps, E), y.as(B, steps, E),
                     mask.as(B, steps), weight);
    return {loss.values()[0], dp.values()};
  }

  void agrees_with_the_reference(const elementwise_weights& weight) const {
    std::vector<double> loss(1), dp(B * steps * E);
    reference::device<double> exact;
    elementwise_loss(
        exact, shaped(loss, 1), shaped(dp, B, steps, E), shaped(as_double(curves.predictions), B, steps, E),
        shaped(as_double(curves.labels), B, steps, E), shaped(as_double(curves.mask), B, steps), weight);
    in_every_order([&] {
      const auto ours = on_gpu(weight);
      CHECK(ours.loss == doctest::Approx(loss[0]).epsilon(1e-6));
      CHECK(relative_difference(ours.gradient, dp) < 2e-6);
    });
  }
};

}  // namespace

TEST_CASE("losses over elements on the GPU agree with the reference") {
  for (const auto& weight : {elementwise_weights{.l1 = 1},
                             {.kl = 1},
                             {.squared_error = 1},
                             {.l1 = 2, .kl = 0.5, .squared_error = 3}})
    elementwise_case{3, 13, 5}.agrees_with_the_reference(weight);
}

TEST_CASE("losses over more elements than a block has agree with the reference") {
  elementwise_case{4, 33, 15}.agrees_with_the_reference({.l1 = 1, .kl = 1});
}

TEST_CASE("rows of padding do not count on the GPU, whatever they hold") {
  const elementwise_case clean{3, 13, 5};
  auto dirty = clean;
  for (std::size_t row = 0; row < dirty.curves.mask.size(); ++row)
    if (dirty.curves.mask[row] == 0)
      for (std::size_t e = 0; e < 5; ++e)
        dirty.curves.predictions[row * 5 + e] = dirty.curves.labels[row * 5 + e] = NAN;
  CHECK(dirty.on_gpu({.l1 = 1, .kl = 1}) == clean.on_gpu({.l1 = 1, .kl = 1}));
  std::ranges::fill(dirty.curves.mask, 0.0f);
  CHECK(dirty.on_gpu({.l1 = 1, .kl = 1}) == elementwise_case::result{0, std::vector<float>(3 * 13 * 5)});
  CHECK(elementwise_case{0, 13, 5}.on_gpu({.l1 = 1}) == elementwise_case::result{0, {}});
}

TEST_CASE("a prediction of 0 has a finite KL loss on the GPU, one that is not a number a loss that is none") {
  elementwise_case problem{3, 13, 5};
  std::ranges::fill(problem.curves.predictions, 0.0f);
  const auto zero = problem.on_gpu({.kl = 1});
  CHECK(std::isfinite(zero.loss));
  CHECK(std::ranges::all_of(zero.gradient, [](float value) { return std::isfinite(value); }));
  problem.curves.predictions[7] = NAN;
  for (const auto& weight : {elementwise_weights{.l1 = 1}, {.kl = 1}, {.squared_error = 1}}) {
    const auto spoiled = problem.on_gpu(weight);
    CHECK(std::isnan(spoiled.loss));
    for (dim i = 0; i < 3 * 13 * 5; ++i)
      if (i != 7) CHECK(!std::isnan(spoiled.gradient[i]));
  }
}

TEST_CASE("elementwise_loss on the GPU refuses shapes that do not fit") {
  cuda::device device;
  const device_tensor<float> one(device, dim(1)), six(device, dim(6));
  CHECK_THROWS_WITH_AS(
      elementwise_loss(device, one.tensor(), six.as(1, 2, 3), six.as(1, 2, 3), six.as(1, 2, 3), one.as(1, 1),
                       {}),
      "elementwise_loss: loss [1], dp [1, 2, 3], p [1, 2, 3], y [1, 2, 3], mask [1, 1]; expected loss [1], "
      "dp, p and y [B, T, E], mask [B, T]",
      error);
}

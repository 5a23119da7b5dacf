#include <doctest/doctest.h>

#include <eev/cuda/correlation_loss.hpp>
#include <eev/reference/correlation_loss.hpp>

#include "device_tensor.hpp"
#include "formula_curves.hpp"
#include "gradients.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

namespace {

/// B clips of `steps` seconds and E expressions; the clips end in padding.
struct correlation_case {
  dim B, steps, E;
  formula_curves<float> curves{B, steps, E};

  struct result {
    float loss;
    std::vector<float> gradient;
    bool operator==(const result&) const = default;
  };

  /// `times` > 1: added to itself.
  result on_gpu(const correlation_weights& weight, int times = 1) const {
    cuda::device device;
    const device_tensor<float> p(device, curves.predictions), y(device, curves.labels),
        mask(device, curves.mask);
    const device_tensor<float> loss(device, dim(1)), dp(device, B * steps * E);
    for (int time = 0; time < times; ++time)
      correlation_loss(device, loss.tensor(), dp.as(B, steps, E), p.as(B, steps, E), y.as(B, steps, E),
                       mask.as(B, steps), weight, time == 0 ? epilogue::none : epilogue::add);
    return {loss.values()[0], dp.values()};
  }

  void agrees_with_the_reference(const correlation_weights& weight) const {
    std::vector<double> loss(1), dp(B * steps * E);
    reference::device<double> exact;
    correlation_loss(
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

TEST_CASE("losses over curves on the GPU agree with the reference") {
  for (const auto& weight : {correlation_weights{.ccc = 1},
                             {.pearson = 1},
                             {.ccc = 0.3, .pearson = 2},
                             {.ccc = 1, .authors_ccc = true}})
    correlation_case{3, 13, 5}.agrees_with_the_reference(weight);
}

TEST_CASE("losses over more curves than a block has warps, of more steps than a warp has lanes, agree too") {
  correlation_case{2, 37, 15}.agrees_with_the_reference({.ccc = 1, .pearson = 1});
}

TEST_CASE("constant curves learn nothing of a correlation on the GPU") {
  correlation_case p{3, 13, 5};
  std::ranges::fill(p.curves.predictions, 0.1f);
  const correlation_case::result lost{1, std::vector<float>(3 * 13 * 5)};
  CHECK(p.on_gpu({.pearson = 1}) == lost);
  p.curves.labels = p.curves.predictions;
  CHECK(p.on_gpu({.ccc = 1}) == lost);  // 0 / 0
}

TEST_CASE("a clip of padding alone does not count on the GPU, and padding may hold anything") {
  correlation_case clean{3, 13, 5};
  std::fill_n(clean.curves.mask.begin() + 13, 13, 0.0f);
  auto dirty = clean;
  for (std::size_t row = 0; row < dirty.curves.mask.size(); ++row)
    if (dirty.curves.mask[row] == 0)
      std::fill_n(dirty.curves.predictions.begin() + std::ptrdiff_t(row) * 5, 5, NAN);
  clean.agrees_with_the_reference({.ccc = 1});
  CHECK(dirty.on_gpu({.ccc = 1}) == clean.on_gpu({.ccc = 1}));
  std::ranges::fill(dirty.curves.mask, 0.0f);
  CHECK(dirty.on_gpu({.ccc = 1, .pearson = 1}) ==
        correlation_case::result{0, std::vector<float>(3 * 13 * 5)});
  CHECK(correlation_case{0, 13, 5}.on_gpu({.ccc = 1}) == correlation_case::result{0, {}});
}

TEST_CASE("a loss over curves can be added to another on the GPU") {
  const correlation_case p{3, 13, 5};
  const auto once = p.on_gpu({.ccc = 0.2, .pearson = 1});
  auto twice = once;
  twice.loss *= 2;
  for (float& value : twice.gradient) value *= 2;
  CHECK(p.on_gpu({.ccc = 0.2, .pearson = 1}, 2) == twice);
}

TEST_CASE("a not-a-number spoils the gradients of its curve alone, and the loss") {
  correlation_case p{3, 13, 5};
  p.curves.predictions[7] = NAN;  // clip 0, second 1, expression 2
  const auto spoiled = p.on_gpu({.ccc = 1, .pearson = 1});
  CHECK(std::isnan(spoiled.loss));
  for (dim i = 0; i < 3 * 13 * 5; ++i) CHECK(std::isnan(spoiled.gradient[i]) == (i < 13 * 5 && i % 5 == 2));
}

TEST_CASE("correlation_loss on the GPU refuses shapes that do not fit") {
  cuda::device device;
  const device_tensor<float> one(device, dim(1)), six(device, dim(6));
  CHECK_THROWS_WITH_AS(
      correlation_loss(device, one.tensor(), six.as(1, 2, 3), six.as(1, 2, 3), six.as(1, 3, 2), one.as(1, 1),
                       {}),
      "correlation_loss: loss [1], dp [1, 2, 3], p [1, 2, 3], y [1, 3, 2], mask [1, 1]; expected loss [1], "
      "dp, p and y [B, T, E], mask [B, T]",
      error);
}

#include <doctest/doctest.h>

#include <eev/cpu/correlation_loss.hpp>
#include <eev/reference/correlation_loss.hpp>

#include "formula_curves.hpp"
#include "golden.hpp"
#include "gradients.hpp"

using namespace eev;
using namespace eev::test;

namespace {

/// Curves of 3 clips, 13 seconds and 5 expressions; clip b has 3 b rows of padding.
template <class Device>
struct correlation_case {
  using T = typename Device::scalar;
  formula_curves<T> curves{3, 13, 5};
  std::vector<T> loss{7}, gradient = std::vector<T>(3 * 13 * 5, 7);

  T run(Device& device, const correlation_weights& weight, epilogue after = epilogue::none) {
    correlation_loss(device, shaped(loss, 1), shaped(gradient, 3, 13, 5),
                     shaped(curves.predictions, 3, 13, 5), shaped(curves.labels, 3, 13, 5),
                     shaped(curves.mask, 3, 13), weight, after);
    return loss[0];
  }
};

const std::pair<std::string, correlation_weights> correlation_losses[] = {
    {"ccc", {.ccc = 1}}, {"authors_ccc", {.ccc = 1, .authors_ccc = true}}, {"pearson", {.pearson = 1}}};

}  // namespace

TEST_CASE("CCC and Pearson's r and their gradients agree with PyTorch") {
  const golden expected("losses");
  for (const auto& [name, weight] : correlation_losses) {
    reference::device<double> exact;
    correlation_case<reference::device<double>> reference;
    CHECK(relative_difference(std::vector{reference.run(exact, weight)}, expected[name + ".loss"].values) <
          1e-12);
    CHECK(relative_difference(reference.gradient, expected[name + ".gradient"].values) < 1e-12);

    cpu::device device(2);
    correlation_case<cpu::device> fast;
    CHECK(relative_difference(std::vector{fast.run(device, weight)}, expected[name + ".loss"].values) < 1e-6);
    CHECK(relative_difference(fast.gradient, expected[name + ".gradient"].values) < 2e-6);
  }
}

TEST_CASE("the gradients of CCC and Pearson's r are those of finite differences") {
  for (const auto& [name, weight] : correlation_losses) {
    reference::device<double> device;
    correlation_case<reference::device<double>> problem;
    problem.run(device, weight);
    const auto gradient = problem.gradient;
    CHECK(gradient_error(problem.curves.predictions, gradient,
                         [&, &weight = weight] { return problem.run(device, weight); }) < 1e-7);
  }
}

TEST_CASE("curves that go together lose nothing, opposite ones most, constant ones learn nothing of them") {
  const auto check = [](auto device) {
    correlation_case<decltype(device)> p;
    p.curves.labels = p.curves.predictions;
    CHECK(p.run(device, {.ccc = 1}) == doctest::Approx(0));
    CHECK(p.run(device, {.pearson = 1}) == doctest::Approx(0));
    for (auto& value : p.curves.labels) value = 1 - value;
    CHECK(p.run(device, {.pearson = 1}) == doctest::Approx(2));
    for (auto& value : p.curves.predictions) value = decltype(+value)(0.1);
    CHECK(p.run(device, {.pearson = 1}) == 1);
    CHECK(std::ranges::all_of(p.gradient, [](auto value) { return value == 0; }));
    p.curves.labels = p.curves.predictions;
    CHECK(p.run(device, {.ccc = 1}) == 1);  // 0 / 0
    CHECK(std::ranges::all_of(p.gradient, [](auto value) { return value == 0; }));
  };
  check(reference::device<double>());
  struct one_thread : cpu::device {
    one_thread() : cpu::device(1) {}
    one_thread(const one_thread&) : one_thread() {}
  };
  check(one_thread());
}

TEST_CASE("a clip of padding alone does not count, and padding may hold anything") {
  cpu::device device(2);
  correlation_case<cpu::device> clean, dirty;
  const auto pad = [](correlation_case<cpu::device>& p, float value) {
    std::fill_n(p.curves.mask.begin() + 13, 13, 0.0f);
    for (std::size_t row = 0; row < p.curves.mask.size(); ++row)
      if (p.curves.mask[row] == 0)
        std::fill_n(p.curves.predictions.begin() + std::ptrdiff_t(row) * 5, 5, value);
  };
  pad(clean, 0), pad(dirty, NAN);
  const float both = clean.run(device, {.ccc = 1});
  CHECK(dirty.run(device, {.ccc = 1}) == both);
  CHECK(dirty.gradient == clean.gradient);
  const auto first_alone = [&] {
    auto p = clean;
    std::fill_n(p.curves.mask.begin() + 26, 13, 0.0f);
    return p.run(device, {.ccc = 1});
  }();
  const auto last_alone = [&] {
    auto p = clean;
    std::fill_n(p.curves.mask.begin(), 13, 0.0f);
    return p.run(device, {.ccc = 1});
  }();
  CHECK(both == doctest::Approx((first_alone + last_alone) / 2));
  std::ranges::fill(dirty.curves.mask, 0.0f);
  CHECK(dirty.run(device, {.ccc = 1, .pearson = 1}) == 0);
}

TEST_CASE("a loss over curves can be added to another, and is the same bits with any number of threads") {
  cpu::device one(1), many(5);
  correlation_case<cpu::device> alone, added;
  alone.run(one, {.ccc = 0.2, .pearson = 1});
  added.run(many, {.ccc = 0.2, .pearson = 1});
  CHECK(added.loss == alone.loss);
  CHECK(added.gradient == alone.gradient);
  added.run(many, {.ccc = 0.2, .pearson = 1}, epilogue::add);
  CHECK(added.loss[0] == 2 * alone.loss[0]);
  for (float& value : alone.gradient) value *= 2;
  CHECK(added.gradient == alone.gradient);
}

TEST_CASE("a prediction that is not a number shows in the loss and in the gradients of its curve alone") {
  const auto check = [](auto& device, const correlation_weights& weight) {
    correlation_case<std::remove_reference_t<decltype(device)>> p;
    p.curves.predictions[7] = NAN;  // clip 0, second 1, expression 2
    CHECK(std::isnan(p.run(device, weight)));
    for (dim i = 0; i < 3 * 13 * 5; ++i) CHECK(std::isnan(p.gradient[i]) == (i < 13 * 5 && i % 5 == 2));
  };
  reference::device<double> exact;
  cpu::device device(2);
  for (const auto& [name, weight] : correlation_losses) check(exact, weight), check(device, weight);
}

TEST_CASE("correlation_loss refuses shapes that do not fit") {
  cpu::device device(1);
  std::vector<float> one(1), six(6);
  CHECK_THROWS_WITH_AS(
      correlation_loss(device, shaped(one, 1), shaped(six, 1, 2, 3), shaped(six, 1, 2, 3),
                       shaped(six, 1, 3, 2), shaped(one, 1, 1), {}),
      "correlation_loss: loss [1], dp [1, 2, 3], p [1, 2, 3], y [1, 3, 2], mask [1, 1]; expected loss [1], "
      "dp, p and y [B, T, E], mask [B, T]",
      error);
}

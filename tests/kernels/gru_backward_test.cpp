#include <doctest/doctest.h>

#include <eev/cuda/gru.hpp>
#include <eev/cuda/gru_backward.hpp>
#include <eev/reference/gru_backward.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

namespace {

struct gru_backward_case {
  dim B, steps, U;
  std::vector<float> projected = random_values(B * steps * 6 * U, 1), weight = random_weight(),
                     bias = random_values(6 * U, 3), dy = random_values(B * steps * 2 * U, 4);

  template <class T>
  struct results {
    std::vector<T> y, dprojected, dweight, dbias;
  };

  results<double> expected() const {
    reference::device<double> device;
    std::vector<double> kept(B * steps * 8 * U);
    results<double> r{std::vector<double>(dy.size()), std::vector<double>(projected.size()),
                      std::vector<double>(weight.size()), std::vector<double>(bias.size())};
    const auto y = shaped(r.y, B, steps, 2 * U);
    const auto gates = shaped(kept, B, steps, 2, 4 * U);
    const auto factors = as_double(weight);
    gru_forward(device, y, gates, shaped(as_double(projected), B, steps, 2, 3 * U),
                shaped(factors, 2, 3 * U, U), shaped(as_double(bias), 2, 3 * U));
    gru_backward(device, shaped(r.dprojected, B, steps, 2, 3 * U), shaped(r.dweight, 2, 3 * U, U),
                 shaped(r.dbias, 2, 3 * U), shaped(as_double(dy), B, steps, 2 * U), y, gates,
                 shaped(factors, 2, 3 * U, U));
    return r;
  }

  results<float> on_gpu(bool rounded = false) const {
    cuda::device device;
    device.round_factors(rounded);
    const device_tensor<float> x(device, projected), by(device, weight), plus(device, bias),
        gradient(device, dy);
    const device_tensor<float> y(device, dim(dy.size())), kept(device, B * steps * 8 * U),
        dprojected(device, dim(projected.size())), dweight(device, dim(weight.size())),
        dbias(device, dim(bias.size()));
    gru_forward(device, y.as(B, steps, 2 * U), kept.as(B, steps, 2, 4 * U), x.as(B, steps, 2, 3 * U),
                by.as(2, 3 * U, U), plus.as(2, 3 * U));
    gru_backward(device, dprojected.as(B, steps, 2, 3 * U), dweight.as(2, 3 * U, U), dbias.as(2, 3 * U),
                 gradient.as(B, steps, 2 * U), y.as(B, steps, 2 * U), kept.as(B, steps, 2, 4 * U),
                 by.as(2, 3 * U, U));
    return {y.values(), dprojected.values(), dweight.values(), dbias.values()};
  }

 private:
  /// As trained networks begin with: a standard deviation of about 1 / sqrt(U).
  std::vector<float> random_weight() const {
    auto values = random_values(6 * U * U, 2);
    for (float& value : values) value *= std::sqrt(3.0f / float(U));
    return values;
  }
};

void agrees_with_the_reference(dim B, dim steps, dim U) {
  const gru_backward_case problem{B, steps, U};
  const auto expected = problem.expected();
  in_every_order([&] {
    INFO("B ", B, ", T ", steps, ", U ", U);
    const auto ours = problem.on_gpu();
    CHECK(largest_difference(ours.y, expected.y) < 4e-6);                    // measured: 8e-7
    CHECK(largest_difference(ours.dprojected, expected.dprojected) < 5e-6);  // measured: 1.4e-6
    CHECK(largest_difference(ours.dweight, expected.dweight) < 2e-5);        // measured: 2.1e-6
    CHECK(largest_difference(ours.dbias, expected.dbias) < 2e-5);            // measured: 2.4e-6
  });
}

void agrees_with_the_reference_but_for_rounding(dim B, dim steps, dim U) {
  const gru_backward_case problem{B, steps, U};
  const auto expected = problem.expected();
  in_every_order([&] {
    INFO("B ", B, ", T ", steps, ", U ", U);
    const auto ours = problem.on_gpu(true);
    // Factors of 8 bits. Measured on the CPU runner: 2.2e-3, 1.8e-3, and of what steps sum up 9e-3
    // and 3.4e-3.
    CHECK(largest_difference(ours.y, expected.y) < 4e-3);
    CHECK(largest_difference(ours.dprojected, expected.dprojected) < 4e-3);
    CHECK(relative_difference(ours.dweight, expected.dweight) < 2e-2);
    CHECK(relative_difference(ours.dbias, expected.dbias) < 8e-3);
  });
}

}  // namespace

TEST_CASE("the gradients of a GRU on the GPU agree with the reference at odd shapes") {
  for (auto [B, steps, U] : {std::array<dim, 3>{1, 1, 1}, {9, 2, 5}, {3, 2, 34}})
    agrees_with_the_reference(B, steps, U);
}

TEST_CASE("large: the gradients of a GRU agree with the reference at the widths of the networks and beyond") {
  for (auto [B, steps, U] : {std::array<dim, 3>{17, 3, 64}, {3, 20, 128}, {9, 2, 512}, {2, 2, 515}})
    agrees_with_the_reference(B, steps, U);
}

TEST_CASE("the gradients of a GRU with rounded factors agree with the reference but for the rounding") {
  for (auto [B, steps, U] : {std::array<dim, 3>{1, 2, 128}, {2, 2, 34}})
    agrees_with_the_reference_but_for_rounding(B, steps, U);
}

TEST_CASE(
    "large: the gradients of a GRU with rounded factors agree with the reference but for the rounding") {
  for (auto [B, steps, U] : {std::array<dim, 3>{33, 3, 128}, {65, 2, 256}, {2, 2, 512}})
    agrees_with_the_reference_but_for_rounding(B, steps, U);
}

TEST_CASE("a GRU on the GPU that keeps its gates has the states of one that does not") {
  const gru_backward_case problem{3, 4, 9};
  cuda::device device;
  const device_tensor<float> x(device, problem.projected), by(device, problem.weight),
      plus(device, problem.bias), y(device, dim(3 * 4 * 18));
  gru(device, y.as(3, 4, 18), x.as(3, 4, 2, 27), {by.as(2, 27, 9)[0], by.as(2, 27, 9)[1]}, plus.as(2, 27));
  CHECK(problem.on_gpu().y == y.values());
}

TEST_CASE("a gradient that is not a number stays in its clip and its direction") {
  gru_backward_case problem{3, 3, 8};
  shaped(problem.dy, 3, 3, 16)(1, 1, 5) = NAN;  // unit 5 of the forward direction
  const auto ours = problem.on_gpu();
  const auto dprojected = shaped(ours.dprojected, 3, 3, 2, 24);
  for (dim b = 0; b < 3; ++b)
    for (dim t = 0; t < 3; ++t)
      for (dim d = 0; d < 2; ++d) CHECK(std::isnan(dprojected(b, t, d, 5)) == (b == 1 && d == 0 && t < 2));
  for (dim i = 0; i < 3 * 8 * 8; ++i) CHECK(!std::isnan(ours.dweight[3 * 8 * 8 + i]));
}

TEST_CASE("the gradients of a GRU of no clips or no steps are zero on the GPU") {
  CHECK(gru_backward_case{0, 4, 3}.on_gpu().dweight == std::vector<float>(54));
  CHECK(gru_backward_case{2, 0, 3}.on_gpu().dbias == std::vector<float>(18));
}

TEST_CASE("gru_forward and gru_backward on the GPU refuse shapes that do not fit and too many units") {
  cuda::device device;
  const device_tensor<float> y(device, dim(4)), kept(device, dim(16)), projected(device, dim(12)),
      weight(device, dim(6)), bias(device, dim(6)), wrong(device, dim(5));
  CHECK_THROWS_WITH_AS(
      gru_forward(device, y.as(2, 1, 2), kept.as(2, 1, 2, 4), projected.as(2, 1, 2, 3), weight.as(2, 3, 1),
                  wrong.as(1, 5)),
      "gru_forward: y [2, 1, 2], kept [2, 1, 2, 4], projected [2, 1, 2, 3], weight [2, 3, 1], bias [1, 5]; "
      "expected y [B, T, 2U], kept [B, T, 2, 4U], projected [B, T, 2, 3U], weight [2, 3U, U], bias [2, 3U]",
      error);
  CHECK_THROWS_AS(gru_backward(device, projected.as(2, 1, 2, 3), weight.as(2, 3, 1), wrong.as(1, 5),
                               y.as(2, 1, 2), y.as(2, 1, 2), kept.as(2, 1, 2, 4), weight.as(2, 3, 1)),
                  error);
  const dim U = 6'337;
  const view<float, 3> states{nullptr, {1, 1, 2 * U}}, weights{nullptr, {2, 3 * U, U}};
  CHECK_THROWS_WITH_AS(gru_backward(device, {nullptr, {1, 1, 2, 3 * U}}, weights, {nullptr, {2, 3 * U}},
                                    states, states, {nullptr, {1, 1, 2, 4 * U}}, weights),
                       "gru_backward: 6337 units need 101396 bytes of shared memory; a block has 101376",
                       error);
}

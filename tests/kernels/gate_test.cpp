#include <doctest/doctest.h>

#include <eev/cuda/gate.hpp>
#include <eev/reference/gate.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE(
    "gates and sigmoids on the GPU agree with the reference at odd shapes, in whole vectors or not, in "
    "place") {
  for (auto [R, C] : {std::pair<dim, dim>{1, 1}, {3, 15}, {4, 8}, {1, 281}, {0, 15}}) {
    const auto x = random_values(R * C, 1);
    auto logits = random_values(R * C, 2);
    for (float& logit : logits) logit *= 100;  // to where exp overflows
    std::vector<double> gated(R * C), squashed(R * C);
    reference::device<double> exact;
    gate(exact, shaped(gated, R, C), shaped(as_double(x), R, C), shaped(as_double(logits), R, C));
    sigmoid(exact, shaped(squashed, R, C), shaped(as_double(logits), R, C));
    for (dim skip : {0, 1})
      in_every_order([&, R = R, C = C] {
        cuda::device device;
        const device_tensor<float> rows(device, x, skip), open(device, logits, skip), y(device, R * C, skip);
        gate(device, y.as(R, C), rows.as(R, C), open.as(R, C));
        gate(device, rows.as(R, C), rows.as(R, C), open.as(R, C));
        sigmoid(device, open.as(R, C), open.as(R, C));
        CHECK(largest_difference(y.values(), gated) < 1e-6);
        CHECK(largest_difference(open.values(), squashed) < 1e-6);
        CHECK(rows.values() == y.values());
      });
  }
}

TEST_CASE("a gate and a sigmoid on the GPU keep a not-a-number to its place") {
  cuda::device device;
  const device_tensor<float> x(device, {1, NAN, 1}), logits(device, {0, 0, NAN}), y(device, dim(3));
  gate(device, y.as(1, 3), x.as(1, 3), logits.as(1, 3));
  for (dim i = 0; i < 3; ++i) CHECK(std::isnan(y.values()[i]) == (i > 0));
  sigmoid(device, y.as(1, 3), logits.as(1, 3));
  for (dim i = 0; i < 3; ++i) CHECK(std::isnan(y.values()[i]) == (i == 2));
}

TEST_CASE("gate and sigmoid on the GPU refuse shapes that do not fit") {
  cuda::device device;
  const device_tensor<float> six(device, dim(6));
  CHECK_THROWS_WITH_AS(gate(device, six.as(2, 3), six.as(2, 3), six.as(3, 2)),
                       "gate: y [2, 3], x [2, 3], logits [3, 2]; expected the same shape three times", error);
  CHECK_THROWS_WITH_AS(sigmoid(device, six.as(2, 3), six.as(3, 2)),
                       "sigmoid: y [2, 3], x [3, 2]; expected y like x", error);
}

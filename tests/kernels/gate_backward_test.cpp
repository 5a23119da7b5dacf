#include <doctest/doctest.h>

#include <eev/cuda/gate_backward.hpp>
#include <eev/reference/gate_backward.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE(
    "the gradients of gates on the GPU agree with the reference at odd shapes, in whole vectors or not, in "
    "place") {
  for (auto [R, C] : {std::pair<dim, dim>{1, 1}, {3, 15}, {4, 8}, {1, 281}, {0, 15}}) {
    const auto dy = random_values(R * C, 1), x = random_values(R * C, 2);
    auto logits = random_values(R * C, 3);
    for (float& logit : logits) logit *= 20;
    std::vector<double> dx(R * C), dlogits(R * C), ds(R * C);
    reference::device<double> exact;
    gate_backward(exact, shaped(dx, R, C), shaped(dlogits, R, C), shaped(as_double(dy), R, C),
                  shaped(as_double(x), R, C), shaped(as_double(logits), R, C));
    sigmoid_backward(exact, shaped(ds, R, C), shaped(as_double(dy), R, C), shaped(as_double(x), R, C));
    for (dim skip : {0, 1})
      in_every_order([&, R = R, C = C] {
        cuda::device device;
        const device_tensor<float> gradient(device, dy, skip), from(device, logits, skip),
            rows(device, x, skip), other(device, dy, skip);
        gate_backward(device, gradient.as(R, C), from.as(R, C), gradient.as(R, C), rows.as(R, C),
                      from.as(R, C));
        sigmoid_backward(device, other.as(R, C), other.as(R, C), rows.as(R, C));
        CHECK(largest_difference(gradient.values(), dx) < 1e-6);
        CHECK(largest_difference(from.values(), dlogits) < 1e-6);
        CHECK(largest_difference(other.values(), ds) < 1e-6);
      });
  }
}

TEST_CASE("the gradient of a gate on the GPU keeps a not-a-number to its place") {
  cuda::device device;
  const device_tensor<float> dy(device, {1, NAN, 1}), x(device, {1, 1, 1}), logits(device, {0, 0, NAN});
  const device_tensor<float> dx(device, dim(3)), dlogits(device, dim(3));
  gate_backward(device, dx.as(1, 3), dlogits.as(1, 3), dy.as(1, 3), x.as(1, 3), logits.as(1, 3));
  for (const auto& values : {dx.values(), dlogits.values()})
    for (dim i = 0; i < 3; ++i) CHECK(std::isnan(values[i]) == (i > 0));
}

TEST_CASE("gate_backward and sigmoid_backward on the GPU refuse shapes that do not fit") {
  cuda::device device;
  const device_tensor<float> six(device, dim(6)), four(device, dim(4));
  const auto good = six.as(2, 3), bad = four.as(2, 2);
  CHECK_THROWS_WITH_AS(gate_backward(device, good, good, good, good, bad),
                       "gate_backward: dx [2, 3], dlogits [2, 3], dy [2, 3], x [2, 3], logits [2, 2]; "
                       "expected the same shape five times",
                       error);
  CHECK_THROWS_WITH_AS(
      sigmoid_backward(device, good, bad, good),
      "sigmoid_backward: dx [2, 3], dy [2, 2], y [2, 3]; expected the same shape three times", error);
}

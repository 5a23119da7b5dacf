#include <doctest/doctest.h>

#include <eev/cuda/dropout.hpp>
#include <eev/reference/dropout.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("dropout on the GPU lets through what the reference does, also in place") {
  for (auto [R, C] : {std::pair<dim, dim>{1, 1}, {7, 23}, {0, 4}}) {
    const auto x = random_values(R * C, 1);
    std::vector<float> expected(R * C);
    reference::device<float> exact;
    dropout(exact, shaped(expected, R, C), shaped(x, R, C), 0.3f, 42);
    in_every_order([&] {
      cuda::device device;
      const device_tensor<float> rows(device, x), y(device, R * C);
      dropout(device, y.as(R, C), rows.as(R, C), 0.3f, 42);
      CHECK(y.values() == expected);
      dropout(device, rows.as(R, C), rows.as(R, C), 0.3f, 42);
      CHECK(rows.values() == expected);
    });
  }
}

TEST_CASE("dropout on the GPU keeps a not-a-number that it lets through, and refuses misfits") {
  cuda::device device;
  const device_tensor<float> x(device, {NAN, 1, NAN, 2, NAN, 3}), y(device, dim(6));
  dropout(device, y.as(2, 3), x.as(2, 3), 0, 1);
  for (dim i = 0; i < 6; ++i) CHECK(std::isnan(y.values()[i]) == (i % 2 == 0));
  for (float rate : {1.0f, -0.1f, NAN})
    CHECK_THROWS_AS(dropout(device, y.as(2, 3), x.as(2, 3), rate, 1), error);
  CHECK_THROWS_AS(dropout(device, y.as(3, 2), x.as(2, 3), 0.5f, 1), error);
}

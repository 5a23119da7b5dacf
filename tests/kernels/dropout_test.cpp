#include <doctest/doctest.h>

#include <eev/cuda/dropout.hpp>
#include <eev/reference/dropout.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("dropout on the GPU lets through what the reference does, also in place") {
  for (auto [R, C] : {std::pair<dim, dim>{1, 1}, {7, 23}, {4, 129}, {0, 4}}) {
    const auto x = random_values(R * C, 1);
    std::vector<float> expected(R * C);
    reference::device<float> exact;
    dropout(exact, shaped(expected, R, C), shaped(x, R, C), 0.3f, 42);
    for (dim skip : {0, 1})
      in_every_order([&, R = R, C = C] {
        cuda::device device;
        const device_tensor<float> rows(device, x, skip), y(device, R * C, skip);
        dropout(device, y.as(R, C), rows.as(R, C), 0.3f, 42);
        CHECK(y.values() == expected);
        dropout(device, rows.as(R, C), rows.as(R, C), 0.3f, 42);
        CHECK(rows.values() == expected);
      });
  }
}

TEST_CASE("dropout on the GPU draws the line where the reference does: at the very number, and beside it") {
  const dim N = 64;
  const auto x = random_values(N, 1);
  reference::device<float> exact;
  const float drawn = unit_of(random_bits(42, 7));
  for (float rate : {drawn, std::nextafter(drawn, 0.0f), std::nextafter(drawn, 1.0f), 0x1p-30f}) {
    std::vector<float> expected(N);
    dropout(exact, shaped(expected, 1, N), shaped(x, 1, N), rate, 42);
    cuda::device device;
    const device_tensor<float> y(device, x);
    dropout(device, y.as(1, N), y.as(1, N), rate, 42);
    CHECK(y.values() == expected);
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

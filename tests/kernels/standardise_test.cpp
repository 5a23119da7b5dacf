#include <doctest/doctest.h>

#include <eev/cuda/standardise.hpp>
#include <eev/reference/standardise.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("rows standardised on the GPU agree with the reference, in whole vectors or not, in place") {
  for (auto [R, C] : {std::pair<dim, dim>{1, 1}, {3, 15}, {2, 131}, {5, 44}, {0, 15}}) {
    const auto x = random_values(R * C, 1), mean = random_values(C, 2);
    auto deviation = random_values(C, 3);
    for (float& value : deviation) value = 0.5f + std::abs(value);
    std::vector<double> expected(R * C);
    reference::device<double> exact;
    standardise(exact, shaped(expected, R, C), shaped(as_double(x), R, C), shaped(as_double(mean), C),
                shaped(as_double(deviation), C));
    for (dim skip : {0, 1})
      in_every_order([&, R = R, C = C] {
        cuda::device device;
        const device_tensor<float> rows(device, x), minus(device, mean, skip), by(device, deviation);
        standardise(device, rows.as(R, C), rows.as(R, C), minus.tensor(), by.tensor());
        CHECK(largest_difference(rows.values(), expected) < 1e-6);
      });
  }
}

TEST_CASE("standardising keeps a not-a-number to its place, and refuses shapes that do not fit") {
  cuda::device device;
  const device_tensor<float> x(device, {1, NAN, 1, 1}), two(device, {1, 1}), y(device, dim(4));
  standardise(device, y.as(2, 2), x.as(2, 2), two.tensor(), two.tensor());
  for (dim i = 0; i < 4; ++i) CHECK(std::isnan(y.values()[i]) == (i == 1));
  CHECK_THROWS_WITH_AS(
      standardise(device, y.as(2, 2), x.as(2, 2), two.tensor(), x.tensor()),
      "standardise: y [2, 2], x [2, 2], mean [2], deviation [4]; expected y like x, below 2^32 "
      "values, mean and deviation [2]",
      error);
}

#include <doctest/doctest.h>

#include <eev/cpu/layer_norm.hpp>
#include <eev/reference/layer_norm.hpp>

#include "close.hpp"
#include "golden.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("layer norm of the reference agrees with PyTorch") {
  golden expected("layer_norm");
  const auto x = expected["x"].values, gain = expected["gain"].values, bias = expected["bias"].values;
  std::vector<double> y(x.size());
  reference::device<double> device;
  layer_norm(device, shaped(y, 3, 7), shaped(x, 3, 7), shaped(gain, 7), shaped(bias, 7), 1e-5f);
  CHECK(largest_difference(y, expected["y"].values) < 1e-9);  // epsilon is a float: 1e-5 (1 + 3e-8)
}

TEST_CASE("layer norm without gain and bias leaves rows of mean 0 and variance 1") {
  const dim R = 5, C = 77;
  const auto x = random_values(R * C, 1);
  std::vector<float> y(R * C), gain(C, 1.0f), bias(C, 0.0f);
  cpu::device device(2);
  layer_norm(device, shaped(y, R, C), shaped(x, R, C), shaped(gain, C), shaped(bias, C), 1e-5f);
  for (dim r = 0; r < R; ++r) {
    double mean = 0, variance = 0;
    for (dim c = 0; c < C; ++c) mean += y[r * C + c] / C;
    for (dim c = 0; c < C; ++c) variance += (y[r * C + c] - mean) * (y[r * C + c] - mean) / C;
    CHECK(std::abs(mean) < 1e-6);
    CHECK(std::abs(variance - 1) < 1e-4);
  }
}

TEST_CASE("layer norm on the cpu agrees with the reference at odd shapes") {
  for (auto [R, C] : {std::pair<dim, dim>{1, 1}, {3, 7}, {49, 192}, {5, 1537}}) {
    const auto x = random_values(R * C, 2), gain = random_values(C, 3), bias = random_values(C, 4);
    std::vector<double> expected(R * C);
    reference::device<double> exact;
    layer_norm(exact, shaped(expected, R, C), shaped(as_double(x), R, C), shaped(as_double(gain), C),
               shaped(as_double(bias), C), 1e-5f);

    cpu::device device(2);
    std::vector<float> y(R * C);
    layer_norm(device, shaped(y, R, C), shaped(x, R, C), shaped(gain, C), shaped(bias, C), 1e-5f);
    CHECK(largest_difference(y, expected) < 1e-5);  // measured: 1.0e-6

    std::vector<bfloat16> half(R * C);
    layer_norm(device, shaped(half, R, C), shaped(x, R, C), shaped(gain, C), shaped(bias, C), 1e-5f);
    CHECK(largest_difference(half, expected) < 1.0 / 64);  // one rounding to 8 bits of values below 4
  }
}

TEST_CASE("layer norm refuses shapes that do not fit") {
  std::vector<float> x(6), y(6), three(3), two(2);
  cpu::device device(1);
  CHECK_THROWS_WITH_AS(
      layer_norm(device, shaped(y, 2, 3), shaped(x, 2, 3), shaped(three, 3), shaped(two, 2), 1e-5f),
      "layer_norm: y [2, 3], x [2, 3], gain [3], bias [2]; expected y like x, gain and bias [3]", error);
}

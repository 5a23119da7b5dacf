#include <utility>

#include <doctest/doctest.h>

#include <eev/cpu/mean_pool_backward.hpp>
#include <eev/reference/mean_pool_backward.hpp>

#include "gradients.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("the gradient of a mean over tokens is that of finite differences, added to what is there") {
  auto x = random_doubles(2 * 3 * 4, 1);
  const auto dy = random_doubles(2 * 4, 2);
  std::vector<double> dx(2 * 3 * 4, 0.5), y(2 * 4);
  reference::device<double> device;
  mean_pool_backward(device, shaped(dx, 2, 3, 4), shaped(dy, 2, 4));
  for (double& gradient : dx) gradient -= 0.5;
  CHECK(gradient_error(x, dx, [&] {
          mean_pool(device, shaped(y, 2, 4), shaped(std::as_const(x), 2, 3, 4));
          return dot(y, dy);
        }) < 1e-9);
}

TEST_CASE(
    "the gradient of a mean over tokens on the cpu agrees with the reference, with any number of threads") {
  for (auto [B, N, C] : {std::array<dim, 3>{1, 1, 1}, {3, 13, 131}, {0, 2, 3}}) {
    const auto dy = random_values(B * C, 1), before = random_values(B * N * C, 2);
    auto expected = as_double(before);
    reference::device<double> exact;
    mean_pool_backward(exact, shaped(expected, B, N, C), shaped(as_double(dy), B, C));
    for (const int threads : {1, 3}) {
      auto ours = before;
      cpu::device device(threads);
      mean_pool_backward(device, shaped(ours, B, N, C), shaped(dy, B, C));
      CHECK(largest_difference(ours, expected) < 1e-6);
    }
  }
}

TEST_CASE("mean_pool_backward refuses shapes that do not fit") {
  cpu::device device(1);
  std::vector<float> six(6);
  CHECK_THROWS_WITH_AS(mean_pool_backward(device, shaped(six, 1, 2, 3), shaped(six, 2, 3)),
                       "mean_pool_backward: dx [1, 2, 3], dy [2, 3]; expected dx [B, N, C], dy [B, C]",
                       error);
}

#include <doctest/doctest.h>

#include <eev/cpu/mean_pool.hpp>
#include <eev/reference/mean_pool.hpp>

#include "close.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("mean pooling of the reference averages each channel over the tokens") {
  const std::vector<double> x = {1, 10, 2, 20, 6, 60};  // one image of three tokens
  std::vector<double> y(2);
  reference::device<double> device;
  mean_pool(device, shaped(y, 1, 2), shaped(x, 1, 3, 2));
  CHECK(y == std::vector<double>{3, 30});
}

TEST_CASE("mean pooling on the cpu agrees with the reference at odd shapes") {
  for (auto [B, N, C] : {std::array<dim, 3>{1, 1, 1}, {3, 49, 77}, {2, 5, 1536}}) {
    const auto x = random_values(B * N * C, 1);
    std::vector<double> expected(B * C);
    reference::device<double> exact;
    mean_pool(exact, shaped(expected, B, C), shaped(as_double(x), B, N, C));
    cpu::device device(2);
    std::vector<float> y(B * C);
    mean_pool(device, shaped(y, B, C), shaped(x, B, N, C));
    CHECK(largest_difference(y, expected) < 5e-7);
    const std::vector<bfloat16> half(x.begin(), x.end());
    mean_pool(exact, shaped(expected, B, C), shaped(as_double(stored_as<bfloat16>(x)), B, N, C));
    mean_pool(device, shaped(y, B, C), shaped(half, B, N, C));
    CHECK(largest_difference(y, expected) < 5e-7);
  }
}

TEST_CASE("mean pooling refuses shapes that do not fit") {
  std::vector<float> x(6), y(2);
  cpu::device device(1);
  CHECK_THROWS_AS(mean_pool(device, shaped(y, 2, 1), shaped(x, 1, 3, 2)), error);
}

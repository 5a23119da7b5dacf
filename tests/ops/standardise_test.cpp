#include <doctest/doctest.h>

#include <eev/cpu/standardise.hpp>
#include <eev/reference/standardise.hpp>

#include "close.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("standardising takes a column's mean to 0 and its deviation to 1") {
  const std::vector<float> x{1, 20, 3, 10}, mean{2, 15}, deviation{1, 5}, expected{-1, 1, 1, -1};
  std::vector<float> fast(4), slow(4);
  cpu::device device(2);
  standardise(device, shaped(fast, 2, 2), shaped(x, 2, 2), shaped(mean, 2), shaped(deviation, 2));
  CHECK(fast == expected);
  reference::device<float> reference;
  standardise(reference, shaped(slow, 2, 2), shaped(x, 2, 2), shaped(mean, 2), shaped(deviation, 2));
  CHECK(slow == expected);
}

TEST_CASE("standardising on the cpu agrees with the reference at odd shapes, also in place") {
  for (auto [R, C] : {std::pair<dim, dim>{1, 1}, {5, 129}}) {
    auto x = random_values(R * C, 1);
    const auto mean = random_values(C, 2);
    auto deviation = random_values(C, 3);
    for (float& value : deviation) value += 1.5f;
    std::vector<float> expected(R * C);
    reference::device<float> reference;
    standardise(reference, shaped(expected, R, C), shaped(x, R, C), shaped(mean, C), shaped(deviation, C));
    cpu::device device(2);
    standardise(device, shaped(x, R, C), shaped(x, R, C), shaped(mean, C), shaped(deviation, C));
    CHECK(x == expected);
  }
}

TEST_CASE("standardising refuses statistics of another width") {
  std::vector<float> x(6), two(2), three(3);
  cpu::device device(1);
  CHECK_THROWS_WITH_AS(
      standardise(device, shaped(x, 2, 3), shaped(x, 2, 3), shaped(three, 3), shaped(two, 2)),
      "standardise: y [2, 3], x [2, 3], mean [3], deviation [2]; expected y like x, mean and deviation [3]",
      error);
}

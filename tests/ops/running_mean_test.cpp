#include <doctest/doctest.h>

#include <eev/cpu/running_mean.hpp>
#include <eev/reference/running_mean.hpp>

#include "close.hpp"
#include "golden.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("the running mean of a trajectory is its mean") {
  const golden expected("optimizers");
  const auto trajectory = expected["adam"].values;
  const auto check = [&](auto& device, double tolerance) {
    using T = typename std::remove_reference_t<decltype(device)>::scalar;
    const std::vector<T> all(trajectory.begin(), trajectory.end());
    std::vector<T> mean(35, T(NAN));  // the mean of one does not depend on what was there
    for (dim step = 0; step < 6; ++step)
      running_mean(device, shaped(mean, 35), shaped(all, 6, 35)[step], step + 1);
    CHECK(largest_difference(mean, expected["average"].values) < tolerance);
  };
  reference::device<double> exact;
  check(exact, 1e-14);
  cpu::device device(2);
  check(device, 1e-6);
}

TEST_CASE("running_mean refuses shapes that do not fit and a count of 0") {
  cpu::device device(1);
  std::vector<float> x(4), other(3);
  CHECK_THROWS_WITH_AS(running_mean(device, shaped(x, 4), shaped(other, 3), 1),
                       "running_mean: mean [4], x [3], count 1; expected the same shape twice, counts from 1",
                       error);
  CHECK_THROWS_AS(running_mean(device, shaped(x, 4), shaped(x, 4), 0), error);
}

#include <doctest/doctest.h>

#include <eev/cpu/clip_norm.hpp>
#include <eev/reference/clip_norm.hpp>

#include "close.hpp"
#include "golden.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("a gradient that is too long is made shorter, another left alone") {
  cpu::device device(2);
  std::vector<float> gradient{3, 0, -4}, norm(1);
  clip_norm(device, shaped(gradient, 3), shaped(norm, 1), 6);
  CHECK(norm[0] == 5);
  CHECK(gradient == std::vector<float>{3, 0, -4});
  clip_norm(device, shaped(gradient, 3), shaped(norm, 1), 2.5);
  CHECK(norm[0] == 5);
  CHECK(largest_difference(gradient, std::vector<double>{1.5, 0, -2}) < 1e-6);
}

TEST_CASE("clipping by the reference agrees with PyTorch") {
  const golden expected("clip_norm");
  auto gradient = expected["gradient"].values;
  std::vector<double> norm(1);
  reference::device<double> device;
  clip_norm(device, shaped(gradient, 33), shaped(norm, 1), 1);
  CHECK(largest_difference(norm, expected["norm"].values) < 1e-12);
  CHECK(largest_difference(gradient, expected["clipped"].values) < 1e-12);
}

TEST_CASE("clipping on the cpu agrees with the reference and is the same bits with any number of threads") {
  for (dim N : {1, 33, 4096, 12345}) {
    auto expected = as_double(random_values(N, 1));
    auto one = random_values(N, 1), many = one;
    std::vector<double> exact_norm(1);
    std::vector<float> norm(1), other(1);
    reference::device<double> exact;
    clip_norm(exact, shaped(expected, N), shaped(exact_norm, 1), 0.25);
    cpu::device single(1), several(5);
    clip_norm(single, shaped(one, N), shaped(norm, 1), 0.25);
    clip_norm(several, shaped(many, N), shaped(other, 1), 0.25);
    CHECK(relative_difference(norm, exact_norm) < 1e-6);
    CHECK(largest_difference(one, expected) < 1e-6);
    CHECK(other == norm);
    CHECK(many == one);
  }
}

TEST_CASE("a gradient that is not a number shows in its norm") {
  cpu::device device(1);
  std::vector<float> gradient{1, NAN}, norm(1);
  clip_norm(device, shaped(gradient, 2), shaped(norm, 1), 1);
  CHECK(std::isnan(norm[0]));
}

TEST_CASE("clip_norm refuses a limit that is not positive") {
  cpu::device device(1);
  std::vector<float> gradient(2), norm(1);
  for (double limit : {0.0, -1.0, double(NAN)})
    CHECK_THROWS_AS(clip_norm(device, shaped(gradient, 2), shaped(norm, 1), limit), error);
}

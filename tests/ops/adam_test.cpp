#include <doctest/doctest.h>

#include <eev/cpu/adam.hpp>
#include <eev/cpu/clip_norm.hpp>
#include <eev/io/formula_weights.hpp>
#include <eev/reference/adam.hpp>
#include <eev/reference/clip_norm.hpp>

#include "close.hpp"
#include "golden.hpp"

using namespace eev;
using namespace eev::test;

namespace {

/// The parameters after each of six steps, one after the other, as tools/golden/optimizers.py has them.
template <class Device>
auto trajectory(Device& device, bool decoupled, double limit = 0) {
  using T = typename Device::scalar;
  const auto formula = [](const std::string& name) {
    const auto values = io::formula_tensor(name, {7, 5});
    return std::vector<T>(values.begin(), values.end());
  };
  auto x = formula("x");
  std::vector<T> mean(35), square(35), norm(1), all;
  for (dim step = 1; step <= 6; ++step) {
    auto gradient = formula(message("gradient.", step - 1));
    if (limit > 0) clip_norm(device, shaped(gradient, 35), shaped(norm, 1), limit);
    adam(device, shaped(x, 35), shaped(mean, 35), shaped(square, 35), shaped(gradient, 35),
         {.rate = 0.01, .decay = 0.1, .decoupled = decoupled}, step);
    all.insert(all.end(), x.begin(), x.end());
  }
  return all;
}

}  // namespace

TEST_CASE("Adam and AdamW go where PyTorch's go, with clipped gradients too") {
  const golden expected("optimizers");
  reference::device<double> exact;
  CHECK(largest_difference(trajectory(exact, false), expected["adam"].values) < 1e-12);
  CHECK(largest_difference(trajectory(exact, true), expected["adamw"].values) < 1e-12);
  CHECK(largest_difference(trajectory(exact, false, 2), expected["clipped"].values) < 1e-12);
  cpu::device device(2);
  CHECK(largest_difference(trajectory(device, false), expected["adam"].values) < 2e-6);
  CHECK(largest_difference(trajectory(device, true), expected["adamw"].values) < 2e-6);
  CHECK(largest_difference(trajectory(device, false, 2), expected["clipped"].values) < 2e-6);
}

TEST_CASE("Adam's step is the same bits with any number of threads") {
  const auto step = [](int threads) {
    cpu::device device(threads);
    auto x = random_values(1001, 1), mean = random_values(1001, 2), square = random_values(1001, 3);
    for (float& value : square) value = std::abs(value);
    adam(device, shaped(x, 1001), shaped(mean, 1001), shaped(square, 1001),
         shaped(random_values(1001, 4), 1001), {.decay = 1e-5}, 3);
    return x;
  };
  CHECK(step(1) == step(2));
  CHECK(step(1) == step(7));
}

TEST_CASE("adam refuses shapes that do not fit and a step 0") {
  cpu::device device(1);
  std::vector<float> x(4), other(3);
  CHECK_THROWS_WITH_AS(adam(device, shaped(x, 4), shaped(x, 4), shaped(other, 3), shaped(x, 4), {}, 1),
                       "adam: x [4], mean [4], square [3], gradient [4], step 1; expected the same shape "
                       "four times, steps from 1",
                       error);
  CHECK_THROWS_AS(adam(device, shaped(x, 4), shaped(x, 4), shaped(x, 4), shaped(x, 4), {}, 0), error);
}

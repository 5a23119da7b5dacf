#include <doctest/doctest.h>

#include <eev/io/formula_weights.hpp>
#include <eev/train.hpp>

#include "close.hpp"
#include "golden.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("an optimizer's parameters, and their average, go PyTorch's way") {
  const golden expected("optimizers");
  const auto trajectory = expected["adam"].values;  // [6, 7, 5]
  io::formula_source formula;
  cpu::device device(2);
  train::adam_optimizer<cpu::device> adam(device, 35);
  train::weight_average<cpu::device> average(device, 35);
  auto x = formula.read("x", {7, 5});
  for (int step = 0; step < 6; ++step) {
    adam.step(device, shaped(x, 35), shaped(formula.read(message("gradient.", step), {7, 5}), 35),
              {.rate = 0.01, .decay = 0.1});
    average.add(device, shaped(x, 35));
    const std::vector<double> exact(trajectory.begin() + step * 35, trajectory.begin() + (step + 1) * 35);
    CHECK(largest_difference(x, exact) < 1e-6);
  }
  CHECK(adam.steps == 6);
  CHECK(average.count == 6);
  CHECK(largest_difference(average.mean(), expected["average"].values) < 1e-6);
}

TEST_CASE("an optimizer whose state is copied goes on to the bit") {
  cpu::device device(1);
  train::adam_optimizer<cpu::device> first(device, 9), second(device, 9);
  auto x = random_values(9, 1), y = x;
  const auto step = [&](auto& adam, auto& values, unsigned seed) {
    adam.step(device, shaped(values, 9), shaped(random_values(9, seed), 9), {});
  };
  step(first, x, 2);
  std::ranges::copy(first.mean(), second.mean().begin());
  std::ranges::copy(first.square(), second.square().begin());
  second.steps = first.steps, y = x;
  step(first, x, 3), step(second, y, 3);
  CHECK(x == y);
}

#include <doctest/doctest.h>

#include <eev/train/schedules.hpp>

#include "close.hpp"
#include "golden.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("learning rates are those of PyTorch's MultiStepLR and CosineAnnealingLR") {
  const golden expected("optimizers");
  std::vector<double> steps, cosine;
  for (int epoch = 0; epoch < 100; ++epoch)
    steps.push_back(train::multi_step_rate(2e-4, epoch, {40, 80}, 0.3));
  for (int epoch = 0; epoch < 51; ++epoch) cosine.push_back(train::cosine_rate(2e-4, 1e-6, epoch, 50));
  CHECK(relative_difference(steps, expected["multi_step"].values) < 1e-12);
  CHECK(relative_difference(cosine, expected["cosine"].values) < 1e-12);
}

TEST_CASE("a cosine of no epochs, or after its end, stays at the least rate") {
  CHECK(train::cosine_rate(1, 0.25, 0, 0) == 0.25);
  CHECK(train::cosine_rate(1, 0.25, 80, 50) == 0.25);
}

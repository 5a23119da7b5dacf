// In:  the number of an epoch, from 0.  Out: the learning rate in it.  Rests on: std.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace eev::train {

/// The rate times `factor` for each milestone that has been reached (PyTorch's MultiStepLR).
inline double multi_step_rate(double rate, int epoch, const std::vector<int>& milestones, double factor) {
  const auto reached = std::ranges::count_if(milestones, [&](int milestone) { return milestone <= epoch; });
  return rate * std::pow(factor, double(reached));
}

/// Half a cosine from `rate` in epoch 0 to `least` in epoch `epochs` and after it (PyTorch's
/// CosineAnnealingLR up to there).
inline double cosine_rate(double rate, double least, int epoch, int epochs) {
  const double way = epochs > 0 ? std::clamp(double(epoch) / epochs, 0.0, 1.0) : 1;
  return least + (rate - least) * (1 + std::cos(std::numbers::pi * way)) / 2;
}

}  // namespace eev::train

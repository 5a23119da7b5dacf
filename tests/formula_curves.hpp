// Predictions, labels and masks by formula, the same as curves() of tools/golden/losses.py makes.
#pragma once

#include <algorithm>
#include <vector>

#include <eev/core/view.hpp>

namespace eev::test {

/// Predictions in (0, 1), labels in [0, 1) with zeros, a mask that leaves out the last 3 b rows of clip b.
template <class T>
struct formula_curves {
  std::vector<T> predictions, labels, mask;

  formula_curves(dim B, dim steps, dim E) {
    for (dim b = 0; b < B; ++b)
      for (dim t = 0; t < steps; ++t) {
        mask.push_back(t < steps - 3 * b ? 1 : 0);
        for (dim e = 0; e < E; ++e) {
          predictions.push_back(T((t * t * 7 + e * e * 13 + t * e * (5 + b) + 11 * b) % 61 + 1) / 63);
          labels.push_back(T(std::max<dim>((t * (3 + e) + t * t * (b + 2) + 17 * e) % 23 - 5, 0)) / 20);
        }
      }
  }
};

}  // namespace eev::test

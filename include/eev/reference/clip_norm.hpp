// In:  a gradient [N] and the largest norm it may have.  Out: its norm, and the gradient made shorter if need
// be. Rests on: reference/device.
#pragma once

#include <cmath>

#include <eev/reference/device.hpp>

namespace eev::reference {

/// norm = sqrt(sum of gradient[i]^2); gradient = gradient min(1, limit / (norm + 1e-6)), as PyTorch has it.
template <class T>
void clip_norm(device<T>&, view<T, 1> gradient, view<T, 1> norm, double limit) {
  require(norm.shape[0] == 1 && limit > 0, "clip_norm: norm ", norm.shape, ", limit ", limit,
          "; expected norm [1], a positive limit");
  double sum = 0;
  for (T value : gradient) sum += double(value) * double(value);
  norm(0) = T(std::sqrt(sum));
  const double factor = limit / (std::sqrt(sum) + 1e-6);
  if (factor < 1)
    for (T& value : gradient) value = T(value * factor);
}

}  // namespace eev::reference

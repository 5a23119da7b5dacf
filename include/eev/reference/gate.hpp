// In:  rows x [R, C] and their gates' logits.  Out: rows y [R, C].  Rests on: reference/device.
#pragma once

#include <cmath>

#include <eev/reference/device.hpp>

namespace eev::reference {

template <class T>
T sigmoid_of(T x) {
  return 1 / (1 + std::exp(-x));
}

/// y[r, c] = 1 / (1 + exp(-x[r, c])). y may be x.
template <class T>
void sigmoid(device<T>&, view<T, 2> y, const_view<T, 2> x) {
  require(y.shape == x.shape, "sigmoid: y ", y.shape, ", x ", x.shape, "; expected y like x");
  for (dim i = 0; i < x.size(); ++i) y.data[i] = sigmoid_of(x.data[i]);
}

/// y[r, c] = sigmoid(logits[r, c]) x[r, c]. y may be x or the logits.
template <class T>
void gate(device<T>&, view<T, 2> y, const_view<T, 2> x, const_view<T, 2> logits) {
  require(y.shape == x.shape && logits.shape == x.shape, "gate: y ", y.shape, ", x ", x.shape, ", logits ",
          logits.shape, "; expected the same shape three times");
  for (dim i = 0; i < x.size(); ++i) y.data[i] = sigmoid_of(logits.data[i]) * x.data[i];
}

}  // namespace eev::reference

// In:  the gradient dy [R, C] of what gate() or sigmoid() made.  Out: the gradients of what they read.  Rests
// on: reference/gate.
#pragma once

#include <eev/reference/gate.hpp>

namespace eev::reference {

/// With g = sigmoid(logits): dx = g dy, dlogits = x g (1 - g) dy. dx may be dy, dlogits may be the logits.
template <class T>
void gate_backward(device<T>&, view<T, 2> dx, view<T, 2> dlogits, const_view<T, 2> dy, const_view<T, 2> x,
                   const_view<T, 2> logits) {
  require(dx.shape == x.shape && dlogits.shape == x.shape && dy.shape == x.shape && logits.shape == x.shape,
          "gate_backward: dx ", dx.shape, ", dlogits ", dlogits.shape, ", dy ", dy.shape, ", x ", x.shape,
          ", logits ", logits.shape, "; expected the same shape five times");
  for (dim i = 0; i < x.size(); ++i) {
    const T g = sigmoid_of(logits.data[i]), gradient = dy.data[i];
    dx.data[i] = g * gradient;
    dlogits.data[i] = x.data[i] * g * (1 - g) * gradient;
  }
}

/// For y = sigmoid(x): dx = y (1 - y) dy. dx may be dy.
template <class T>
void sigmoid_backward(device<T>&, view<T, 2> dx, const_view<T, 2> dy, const_view<T, 2> y) {
  require(dx.shape == y.shape && dy.shape == y.shape, "sigmoid_backward: dx ", dx.shape, ", dy ", dy.shape,
          ", y ", y.shape, "; expected the same shape three times");
  for (dim i = 0; i < y.size(); ++i) dx.data[i] = y.data[i] * (1 - y.data[i]) * dy.data[i];
}

}  // namespace eev::reference

// Spec: reference/gate_backward.hpp. In: dy [R, C] and what gate() or sigmoid() read or made. Out: dx and
// dlogits [R, C].
//
// A thread has an element. Memory: 12 R C bytes in and 8 out for a gate, 8 in and 4 out for a sigmoid.
#pragma once

#include <eev/cuda/gate_backward.hpp>

#include "device/activations.cuh"
#include "device/elements.cuh"

namespace eev::cuda {
namespace {

// ---- kernels ----

struct gate_gradient {
  float *dx, *dlogits;
  const float *dy, *x, *logits;

  __device__ void operator()(dim i) const {
    const float g = sigmoid_of(logits[i]), gradient = dy[i];
    dx[i] = g * gradient;
    dlogits[i] = x[i] * g * (1 - g) * gradient;
  }
};

struct sigmoid_gradient {
  float* dx;
  const float *dy, *y;

  __device__ void operator()(dim i) const { dx[i] = y[i] * (1 - y[i]) * dy[i]; }
};

}  // namespace

// ---- launchers ----

void gate_backward(device& device, view<float, 2> dx, view<float, 2> dlogits, view<const float, 2> dy,
                   view<const float, 2> x, view<const float, 2> logits) {
  require(dx.shape == x.shape && dlogits.shape == x.shape && dy.shape == x.shape && logits.shape == x.shape,
          "gate_backward: dx ", dx.shape, ", dlogits ", dlogits.shape, ", dy ", dy.shape, ", x ", x.shape,
          ", logits ", logits.shape, "; expected the same shape five times");
  for_elements("gate_backward", device, x.size(),
               gate_gradient{dx.data, dlogits.data, dy.data, x.data, logits.data});
}

void sigmoid_backward(device& device, view<float, 2> dx, view<const float, 2> dy, view<const float, 2> y) {
  require(dx.shape == y.shape && dy.shape == y.shape, "sigmoid_backward: dx ", dx.shape, ", dy ", dy.shape,
          ", y ", y.shape, "; expected the same shape three times");
  for_elements("sigmoid_backward", device, y.size(), sigmoid_gradient{dx.data, dy.data, y.data});
}

}  // namespace eev::cuda

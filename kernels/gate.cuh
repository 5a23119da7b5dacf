// Spec: reference/gate.hpp. In: rows x [R, C] and their gates' logits. Out: rows y [R, C].
//
// A thread has an element. Memory: 8 R C bytes in and 4 out for a gate, 4 in and 4 out for a sigmoid.
#pragma once

#include <eev/cuda/gate.hpp>

#include "device/activations.cuh"
#include "device/elements.cuh"

namespace eev::cuda {
namespace {

struct sigmoid_element {
  float* y;
  const float* x;

  __device__ void operator()(dim i) const { y[i] = sigmoid_of(x[i]); }
};

struct gate_element {
  float* y;
  const float *x, *logits;

  __device__ void operator()(dim i) const { y[i] = sigmoid_of(logits[i]) * x[i]; }
};

}  // namespace

void sigmoid(device& device, view<float, 2> y, view<const float, 2> x) {
  require(y.shape == x.shape, "sigmoid: y ", y.shape, ", x ", x.shape, "; expected y like x");
  for_elements("sigmoid", device, x.size(), sigmoid_element{y.data, x.data});
}

void gate(device& device, view<float, 2> y, view<const float, 2> x, view<const float, 2> logits) {
  require(y.shape == x.shape && logits.shape == x.shape, "gate: y ", y.shape, ", x ", x.shape, ", logits ",
          logits.shape, "; expected the same shape three times");
  for_elements("gate", device, x.size(), gate_element{y.data, x.data, logits.data});
}

}  // namespace eev::cuda

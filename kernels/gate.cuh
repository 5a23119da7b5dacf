// Spec: reference/gate.hpp. In: rows x [R, C] and their gates' logits. Out: rows y [R, C].
//
// A thread has four elements. Memory: 8 R C bytes in and 4 out for a gate, 4 in and 4 out for a sigmoid.
#pragma once

#include <eev/cuda/gate.hpp>

#include "device/activations.cuh"
#include "device/elements.cuh"

namespace eev::cuda {
namespace {

struct sigmoid_elements {
  float* y;
  const float* x;

  template <int Width>
  __device__ void at(dim i) const {
    const auto from = load_pack<Width>(x + i);
    store_pack(y + i, make_pack<Width>([&](int k) { return sigmoid_of(from[k]); }));
  }
};

struct gate_elements {
  float* y;
  const float *x, *logits;

  template <int Width>
  __device__ void at(dim i) const {
    const auto from = load_pack<Width>(x + i), by = load_pack<Width>(logits + i);
    store_pack(y + i, make_pack<Width>([&](int k) { return sigmoid_of(by[k]) * from[k]; }));
  }
};

}  // namespace

void sigmoid(device& device, view<float, 2> y, view<const float, 2> x) {
  require(y.shape == x.shape, "sigmoid: y ", y.shape, ", x ", x.shape, "; expected y like x");
  for_packs("sigmoid", device, x.size(), whole_packs(y.data, x.data), sigmoid_elements{y.data, x.data});
}

void gate(device& device, view<float, 2> y, view<const float, 2> x, view<const float, 2> logits) {
  require(y.shape == x.shape && logits.shape == x.shape, "gate: y ", y.shape, ", x ", x.shape, ", logits ",
          logits.shape, "; expected the same shape three times");
  for_packs("gate", device, x.size(), whole_packs(y.data, x.data, logits.data),
            gate_elements{y.data, x.data, logits.data});
}

}  // namespace eev::cuda

// Spec: reference/gate_backward.hpp. In: dy [R, C] and what gate() or sigmoid() read or made. Out: dx and
// dlogits [R, C].
//
// A thread has four elements. Memory: 12 R C bytes in and 8 out for a gate, 8 in and 4 out for a sigmoid.
#pragma once

#include <eev/cuda/gate_backward.hpp>

#include "device/activations.cuh"
#include "device/elements.cuh"

namespace eev::cuda {
namespace {

// ---- kernels ----

struct gate_gradients {
  float *dx, *dlogits;
  const float *dy, *x, *logits;

  template <int Width>
  __device__ void at(dim i) const {
    const auto gradient = load_pack<Width>(dy + i), from = load_pack<Width>(x + i);
    auto g = load_pack<Width>(logits + i);
    g = make_pack<Width>([&](int k) { return sigmoid_of(g[k]); });
    store_pack(dx + i, make_pack<Width>([&](int k) { return g[k] * gradient[k]; }));
    store_pack(dlogits + i,
               make_pack<Width>([&](int k) { return from[k] * g[k] * (1 - g[k]) * gradient[k]; }));
  }
};

struct sigmoid_gradients {
  float* dx;
  const float *dy, *y;

  template <int Width>
  __device__ void at(dim i) const {
    const auto gradient = load_pack<Width>(dy + i), s = load_pack<Width>(y + i);
    store_pack(dx + i, make_pack<Width>([&](int k) { return s[k] * (1 - s[k]) * gradient[k]; }));
  }
};

}  // namespace

// ---- launchers ----

void gate_backward(device& device, view<float, 2> dx, view<float, 2> dlogits, view<const float, 2> dy,
                   view<const float, 2> x, view<const float, 2> logits) {
  require(dx.shape == x.shape && dlogits.shape == x.shape && dy.shape == x.shape && logits.shape == x.shape,
          "gate_backward: dx ", dx.shape, ", dlogits ", dlogits.shape, ", dy ", dy.shape, ", x ", x.shape,
          ", logits ", logits.shape, "; expected the same shape five times");
  for_packs("gate_backward", device, x.size(),
            whole_packs(dx.data, dlogits.data, dy.data, x.data, logits.data),
            gate_gradients{dx.data, dlogits.data, dy.data, x.data, logits.data});
}

void sigmoid_backward(device& device, view<float, 2> dx, view<const float, 2> dy, view<const float, 2> y) {
  require(dx.shape == y.shape && dy.shape == y.shape, "sigmoid_backward: dx ", dx.shape, ", dy ", dy.shape,
          ", y ", y.shape, "; expected the same shape three times");
  for_packs("sigmoid_backward", device, y.size(), whole_packs(dx.data, dy.data, y.data),
            sigmoid_gradients{dx.data, dy.data, y.data});
}

}  // namespace eev::cuda

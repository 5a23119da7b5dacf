// Spec: reference/mixture_of_experts.hpp. In: logits of experts [R, E M] and gates [R, E (M + 1)]. Out:
// scores y [R, E], or, with dy [R, E], dgates and dexperts.
//
// A thread has the class of a row, whose few logits it reads twice or thrice, from the cache after the first
// time. Memory: 4 R E (2 M + 1) bytes in and 4 R E out; on the way back 8 R E more in and 4 R E (2 M + 1)
// out.
#pragma once

#include <eev/cuda/mixture_of_experts.hpp>

#include "device/activations.cuh"
#include "device/elements.cuh"

namespace eev::cuda {
namespace {

// ---- kernels ----

/// The softmax over M + 1 gates: number m is expf(gate[m] - most) / sum.
struct gate_softmax {
  float most, sum;

  __device__ gate_softmax(const float* gate, dim M) : most(gate[0]), sum(0) {
    for (dim m = 1; m <= M; ++m) most = gate[m] > most ? gate[m] : most;
    for (dim m = 0; m <= M; ++m) sum += expf(gate[m] - most);
  }
};

struct mixture_score {
  float* y;
  const float *gates, *experts;
  dim M;

  __device__ void operator()(dim i) const {
    const float *gate = gates + i * (M + 1), *expert = experts + i * M;
    const gate_softmax softmax(gate, M);
    float score = 0;
    for (dim m = 0; m < M; ++m) score += expf(gate[m] - softmax.most) * sigmoid_of(expert[m]);
    y[i] = score / softmax.sum;
  }
};

struct mixture_gradient {
  float *dgates, *dexperts;
  const float *dy, *y, *gates, *experts;
  dim M;

  __device__ void operator()(dim i) const {
    const float *gate = gates + i * (M + 1), *expert = experts + i * M;
    const gate_softmax softmax(gate, M);
    for (dim m = 0; m <= M; ++m) {
      const float weight = expf(gate[m] - softmax.most) / softmax.sum;
      const float said = m < M ? sigmoid_of(expert[m]) : 0;
      dgates[i * (M + 1) + m] = dy[i] * weight * (said - y[i]);
      if (m < M) dexperts[i * M + m] = dy[i] * weight * said * (1 - said);
    }
  }
};

}  // namespace

// ---- launchers ----

void mixture_of_experts(device& device, view<float, 2> y, view<const float, 2> gates,
                        view<const float, 2> experts) {
  const auto [R, E] = y.shape;
  const dim M = E > 0 ? experts.shape[1] / E : 0;
  require(gates.shape == std::array{R, E * (M + 1)} && experts.shape == std::array{R, E * M},
          "mixture_of_experts: y ", y.shape, ", gates ", gates.shape, ", experts ", experts.shape,
          "; expected y [R, E], gates [R, E (M + 1)], experts [R, E M]");
  for_elements("mixture_of_experts", device, y.size(), mixture_score{y.data, gates.data, experts.data, M});
}

void mixture_of_experts_backward(device& device, view<float, 2> dgates, view<float, 2> dexperts,
                                 view<const float, 2> dy, view<const float, 2> y, view<const float, 2> gates,
                                 view<const float, 2> experts) {
  const auto [R, E] = y.shape;
  const dim M = E > 0 ? experts.shape[1] / E : 0;
  require(dy.shape == y.shape && gates.shape == std::array{R, E * (M + 1)} &&
              experts.shape == std::array{R, E * M} && dgates.shape == gates.shape &&
              dexperts.shape == experts.shape,
          "mixture_of_experts_backward: dgates ", dgates.shape, ", dexperts ", dexperts.shape, ", dy ",
          dy.shape, ", y ", y.shape, ", gates ", gates.shape, ", experts ", experts.shape,
          "; expected dy and y [R, E], dgates and gates [R, E (M + 1)], dexperts and experts [R, E M]");
  for_elements("mixture_of_experts_backward", device, y.size(),
               mixture_gradient{dgates.data, dexperts.data, dy.data, y.data, gates.data, experts.data, M});
}

}  // namespace eev::cuda

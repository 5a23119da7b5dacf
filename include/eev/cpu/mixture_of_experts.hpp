// The fast form of reference/mixture_of_experts.hpp: rows shared over threads, fast exponentials.
#pragma once

#include <algorithm>

#include <eev/cpu/device.hpp>
#include <eev/cpu/math.hpp>

namespace eev::cpu {

/// Spec: reference/mixture_of_experts.hpp.
inline void mixture_of_experts(device& device, view<float, 2> y, const_view<float, 2> gates,
                               const_view<float, 2> experts) {
  const auto [R, E] = y.shape;
  const dim M = E > 0 ? experts.shape[1] / E : 0;
  require(gates.shape == std::array{R, E * (M + 1)} && experts.shape == std::array{R, E * M},
          "mixture_of_experts: y ", y.shape, ", gates ", gates.shape, ", experts ", experts.shape,
          "; expected y [R, E], gates [R, E (M + 1)], experts [R, E M]");
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim i = 0; i < R * E; ++i) {
    const float *gate = gates.data + i * (M + 1), *expert = experts.data + i * M;
    const float most = *std::max_element(gate, gate + M + 1);
    float sum = fast_exp(gate[M] - most), score = 0;
    for (dim m = 0; m < M; ++m) {
      const float weight = fast_exp(gate[m] - most);
      sum += weight, score += weight * sigmoid(expert[m]);
    }
    y.data[i] = score / sum;
  }
}

/// Spec: reference/mixture_of_experts.hpp.
inline void mixture_of_experts_backward(device& device, view<float, 2> dgates, view<float, 2> dexperts,
                                        const_view<float, 2> dy, const_view<float, 2> y,
                                        const_view<float, 2> gates, const_view<float, 2> experts) {
  const auto [R, E] = y.shape;
  const dim M = E > 0 ? experts.shape[1] / E : 0;
  require(dy.shape == y.shape && gates.shape == std::array{R, E * (M + 1)} &&
              experts.shape == std::array{R, E * M} && dgates.shape == gates.shape &&
              dexperts.shape == experts.shape,
          "mixture_of_experts_backward: dgates ", dgates.shape, ", dexperts ", dexperts.shape, ", dy ",
          dy.shape, ", y ", y.shape, ", gates ", gates.shape, ", experts ", experts.shape,
          "; expected dy and y [R, E], dgates and gates [R, E (M + 1)], dexperts and experts [R, E M]");
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim i = 0; i < R * E; ++i) {
    const float *gate = gates.data + i * (M + 1), *expert = experts.data + i * M;
    const float most = *std::max_element(gate, gate + M + 1);
    float sum = 0;
    for (dim m = 0; m <= M; ++m) sum += fast_exp(gate[m] - most);
    for (dim m = 0; m <= M; ++m) {
      const float weight = fast_exp(gate[m] - most) / sum, said = m < M ? sigmoid(expert[m]) : 0;
      dgates.data[i * (M + 1) + m] = dy.data[i] * weight * (said - y.data[i]);
      if (m < M) dexperts.data[i * M + m] = dy.data[i] * weight * said * (1 - said);
    }
  }
}

}  // namespace eev::cpu

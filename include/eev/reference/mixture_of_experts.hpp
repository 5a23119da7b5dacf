// In:  the logits of experts [R, E M] and of their gates [R, E (M + 1)].  Out: scores y [R, E], and the
// gradients on the way back.  Rests on: reference/gate.
#pragma once

#include <algorithm>

#include <eev/reference/gate.hpp>

namespace eev::reference {

/// M logistic experts for each class e, weighed by a softmax over their gates and one more, which stands for
/// an expert that always says 0 (YouTube-8M's MoeModel, Abu-El-Haija et al. 2016):
///   g = softmax(gates[r, e, 0 .. M]), s_m = sigmoid(experts[r, e, m]), y[r, e] = sum over m < M of g_m s_m
template <class T>
void mixture_of_experts(device<T>&, view<T, 2> y, const_view<T, 2> gates, const_view<T, 2> experts) {
  const auto [R, E] = y.shape;
  const dim M = E > 0 ? experts.shape[1] / E : 0;
  require(gates.shape == std::array{R, E * (M + 1)} && experts.shape == std::array{R, E * M},
          "mixture_of_experts: y ", y.shape, ", gates ", gates.shape, ", experts ", experts.shape,
          "; expected y [R, E], gates [R, E (M + 1)], experts [R, E M]");
  for (dim i = 0; i < R * E; ++i) {
    const T *gate = gates.data + i * (M + 1), *expert = experts.data + i * M;
    const T most = *std::max_element(gate, gate + M + 1);
    T sum = std::exp(gate[M] - most), score = 0;
    for (dim m = 0; m < M; ++m) {
      const T weight = std::exp(gate[m] - most);
      sum += weight, score += weight * sigmoid_of(expert[m]);
    }
    y.data[i] = score / sum;
  }
}

/// dexperts[r, e, m] = dy g_m s_m (1 - s_m) and dgates[r, e, m] = dy g_m (s_m - y), s_M being 0. dgates may
/// be the gates, dexperts the experts.
template <class T>
void mixture_of_experts_backward(device<T>&, view<T, 2> dgates, view<T, 2> dexperts, const_view<T, 2> dy,
                                 const_view<T, 2> y, const_view<T, 2> gates, const_view<T, 2> experts) {
  const auto [R, E] = y.shape;
  const dim M = E > 0 ? experts.shape[1] / E : 0;
  require(dy.shape == y.shape && gates.shape == std::array{R, E * (M + 1)} &&
              experts.shape == std::array{R, E * M} && dgates.shape == gates.shape &&
              dexperts.shape == experts.shape,
          "mixture_of_experts_backward: dgates ", dgates.shape, ", dexperts ", dexperts.shape, ", dy ",
          dy.shape, ", y ", y.shape, ", gates ", gates.shape, ", experts ", experts.shape,
          "; expected dy and y [R, E], dgates and gates [R, E (M + 1)], dexperts and experts [R, E M]");
  for (dim i = 0; i < R * E; ++i) {
    const T *gate = gates.data + i * (M + 1), *expert = experts.data + i * M;
    const T most = *std::max_element(gate, gate + M + 1);
    T sum = 0;
    for (dim m = 0; m <= M; ++m) sum += std::exp(gate[m] - most);
    for (dim m = 0; m <= M; ++m) {
      const T weight = std::exp(gate[m] - most) / sum, said = m < M ? sigmoid_of(expert[m]) : 0;
      dgates.data[i * (M + 1) + m] = dy.data[i] * weight * (said - y.data[i]);
      if (m < M) dexperts.data[i * M + m] = dy.data[i] * weight * said * (1 - said);
    }
  }
}

}  // namespace eev::reference

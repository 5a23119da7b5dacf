// The fast form of reference/gate.hpp: rows shared over threads, exponentials in vectors.
#pragma once

#include <eev/cpu/device.hpp>
#include <eev/cpu/math.hpp>

namespace eev::cpu {

/// Spec: reference/gate.hpp.
inline void sigmoid(device& device, view<float, 2> y, const_view<float, 2> x) {
  const auto [R, C] = x.shape;
  require(y.shape == x.shape, "sigmoid: y ", y.shape, ", x ", x.shape, "; expected y like x");
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim r = 0; r < R; ++r) {
    float* row = y.data + r * C;
    const float* from = x.data + r * C;
#pragma omp simd
    for (dim c = 0; c < C; ++c) row[c] = sigmoid(from[c]);
  }
}

/// Spec: reference/gate.hpp.
inline void gate(device& device, view<float, 2> y, const_view<float, 2> x, const_view<float, 2> logits) {
  const auto [R, C] = x.shape;
  require(y.shape == x.shape && logits.shape == x.shape, "gate: y ", y.shape, ", x ", x.shape, ", logits ",
          logits.shape, "; expected the same shape three times");
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim r = 0; r < R; ++r) {
    float* row = y.data + r * C;
    const float *from = x.data + r * C, *logit = logits.data + r * C;
#pragma omp simd
    for (dim c = 0; c < C; ++c) row[c] = sigmoid(logit[c]) * from[c];
  }
}

}  // namespace eev::cpu

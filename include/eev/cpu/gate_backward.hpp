// The fast form of reference/gate_backward.hpp: rows shared over threads, exponentials in vectors.
#pragma once

#include <eev/cpu/device.hpp>
#include <eev/cpu/math.hpp>

namespace eev::cpu {

/// Spec: reference/gate_backward.hpp.
inline void gate_backward(device& device, view<float, 2> dx, view<float, 2> dlogits, const_view<float, 2> dy,
                          const_view<float, 2> x, const_view<float, 2> logits) {
  require(dx.shape == x.shape && dlogits.shape == x.shape && dy.shape == x.shape && logits.shape == x.shape,
          "gate_backward: dx ", dx.shape, ", dlogits ", dlogits.shape, ", dy ", dy.shape, ", x ", x.shape,
          ", logits ", logits.shape, "; expected the same shape five times");
  const auto [R, C] = x.shape;
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim r = 0; r < R; ++r) {
    const dim row = r * C;
#pragma omp simd
    for (dim i = row; i < row + C; ++i) {
      const float g = sigmoid(logits.data[i]), gradient = dy.data[i];
      dlogits.data[i] = x.data[i] * g * (1 - g) * gradient;
      dx.data[i] = g * gradient;
    }
  }
}

/// Spec: reference/gate_backward.hpp.
inline void sigmoid_backward(device& device, view<float, 2> dx, const_view<float, 2> dy,
                             const_view<float, 2> y) {
  require(dx.shape == y.shape && dy.shape == y.shape, "sigmoid_backward: dx ", dx.shape, ", dy ", dy.shape,
          ", y ", y.shape, "; expected the same shape three times");
  const auto [R, C] = y.shape;
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim r = 0; r < R; ++r) {
    const dim row = r * C;
#pragma omp simd
    for (dim i = row; i < row + C; ++i) dx.data[i] = y.data[i] * (1 - y.data[i]) * dy.data[i];
  }
}

}  // namespace eev::cpu

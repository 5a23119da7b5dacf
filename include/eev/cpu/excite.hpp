// The fast form of reference/excite.hpp: the gates of all images first, then places shared over threads,
// channels side by side.
#pragma once

#include <array>

#include <eev/cpu/gate.hpp>

namespace eev::cpu {

/// Spec: reference/excite.hpp. T is float or bfloat16; sums are in float.
template <class T>
void excite(device& device, view<T, 3> y, const_view<T, 3> x, const_view<float, 2> logits) {
  const dim B = x.shape[0], N = x.shape[1], C = x.shape[2];
  require(y.shape == x.shape && logits.shape == std::array{B, C}, "excite: y ", y.shape, ", x ", x.shape,
          ", logits ", logits.shape, "; expected y and x [B, N, C], logits [B, C]");
  auto scope = device.scope();
  auto gates = device.take<float>(B, C);
  sigmoid(device, gates, logits);
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim row = 0; row < B * N; ++row) {
    const float* __restrict gate = gates.data + row / N * C;
    const T* __restrict from = x.data + row * C;
    T* __restrict to = y.data + row * C;
#pragma omp simd
    for (dim c = 0; c < C; ++c) {
      const float sum = float(to[c]) + gate[c] * float(from[c]);
      store(to[c], sum < 0 ? 0 : sum);
    }
  }
}

}  // namespace eev::cpu

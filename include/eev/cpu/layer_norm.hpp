// The fast form of reference/layer_norm.hpp: rows shared over threads, one pass for the mean, one for the
// variance, one to store; each row stays in the first cache.
#pragma once

#include <cmath>

#include <eev/cpu/device.hpp>
#include <eev/cpu/math.hpp>

namespace eev::cpu {

/// One row: y = (x - mean) / sqrt(variance + epsilon) * gain + bias, over C values.
template <class T>
void layer_norm_row(T* __restrict y, const float* __restrict x, const float* __restrict gain,
                    const float* __restrict bias, dim C, float epsilon) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (dim c = 0; c < C; ++c) sum += x[c];
  const float mean = sum / float(C);

  float squares = 0;
#pragma omp simd reduction(+ : squares)
  for (dim c = 0; c < C; ++c) squares += (x[c] - mean) * (x[c] - mean);
  const float scale = 1.0f / std::sqrt(squares / float(C) + epsilon);

#pragma omp simd
  for (dim c = 0; c < C; ++c) store(y[c], (x[c] - mean) * scale * gain[c] + bias[c]);
}

/// Spec: reference/layer_norm.hpp. T is float or bfloat16; sums are in float.
template <class T>
void layer_norm(device& device, view<T, 2> y, const_view<float, 2> x, const_view<float, 1> gain,
                const_view<float, 1> bias, float epsilon) {
  const auto [R, C] = x.shape;
  require(y.shape == x.shape && gain.shape[0] == C && bias.shape[0] == C, "layer_norm: y ", y.shape, ", x ",
          x.shape, ", gain ", gain.shape, ", bias ", bias.shape, "; expected y like x, gain and bias [", C,
          "]");
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim r = 0; r < R; ++r)
    layer_norm_row(y.data + r * C, x.data + r * C, gain.data, bias.data, C, epsilon);
}

}  // namespace eev::cpu

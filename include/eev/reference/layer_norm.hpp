// In:  rows x [R, C].  Out: rows y [R, C] of mean 0 and variance 1, scaled and shifted.  Rests on:
// reference/device.
#pragma once

#include <cmath>

#include <eev/reference/device.hpp>

namespace eev::reference {

/// y[r, c] = (x[r, c] - mean_r) / sqrt(variance_r + epsilon) * gain[c] + bias[c]
///
/// Mean and (biased) variance are taken over the C values of a row. y may be x.
template <class T>
void layer_norm(device<T>&, view<T, 2> y, const_view<T, 2> x, const_view<T, 1> gain, const_view<T, 1> bias,
                float epsilon) {
  const auto [R, C] = x.shape;
  require(y.shape == x.shape && gain.shape[0] == C && bias.shape[0] == C, "layer_norm: y ", y.shape, ", x ",
          x.shape, ", gain ", gain.shape, ", bias ", bias.shape, "; expected y like x, gain and bias [", C,
          "]");
  for (dim r = 0; r < R; ++r) {
    T mean = 0;
    for (dim c = 0; c < C; ++c) mean += x(r, c);
    mean /= T(C);

    T variance = 0;
    for (dim c = 0; c < C; ++c) variance += (x(r, c) - mean) * (x(r, c) - mean);
    variance /= T(C);

    T scale = 1 / std::sqrt(variance + T(epsilon));
    for (dim c = 0; c < C; ++c) y(r, c) = (x(r, c) - mean) * scale * gain(c) + bias(c);
  }
}

}  // namespace eev::reference

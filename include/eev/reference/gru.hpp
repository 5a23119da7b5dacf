// In:  what a sequence adds to the gates, projected [B, T, 2, 3U].  Out: the states y [B, T, 2U] of a
// bidirectional GRU.  Rests on: reference/gate.
#pragma once

#include <eev/reference/gate.hpp>

namespace eev::reference {

/// PyTorch's GRU over whole sequences, from a state of zeros:
///   r = sigmoid(p_r + W_r h + b_r)          p: `projected`, the input's part of the gates with the input's
///   bias z = sigmoid(p_z + W_z h + b_z)          W, b: `weight` [3U, U] and `bias` [2, 3U], the state's part
///   n = tanh(p_n + r (W_n h + b_n))
///   h = (1 - z) n + z h
/// The rows of p, W and b are r, z, n. Direction 0 runs from t = 0 up, direction 1 from t = T - 1 down; the
/// state of direction d after step t stands in y[b, t, d U .. (d + 1) U - 1].
template <class T>
void gru(device<T>& device, view<T, 3> y, const_view<T, 4> projected,
         const std::array<view<const T, 2>, 2>& weight, const_view<T, 2> bias) {
  const auto [B, steps, directions, gates] = projected.shape;
  const dim U = gates / 3;
  require(directions == 2 && gates == 3 * U && y.shape == std::array{B, steps, 2 * U} &&
              weight[0].shape == std::array{gates, U} && weight[1].shape == weight[0].shape &&
              bias.shape == std::array{dim(2), gates},
          "gru: y ", y.shape, ", projected ", projected.shape, ", weight ", weight[0].shape, " and ",
          weight[1].shape, ", bias ", bias.shape,
          "; expected y [B, T, 2U], projected [B, T, 2, 3U], weight [3U, U] twice, bias [2, 3U]");
  auto scope = device.scope();
  auto h = device.template take<T>(U), product = device.template take<T>(gates);
  for (dim b = 0; b < B; ++b)
    for (dim d = 0; d < 2; ++d) {
      for (T& value : h) value = 0;
      for (dim step = 0; step < steps; ++step) {
        const dim t = d == 0 ? step : steps - 1 - step;
        for (dim n = 0; n < gates; ++n) {
          product(n) = bias(d, n);
          for (dim k = 0; k < U; ++k) product(n) += weight[d](n, k) * h(k);
        }
        for (dim u = 0; u < U; ++u) {
          const T r = sigmoid_of(projected(b, t, d, u) + product(u));
          const T z = sigmoid_of(projected(b, t, d, U + u) + product(U + u));
          const T n = std::tanh(projected(b, t, d, 2 * U + u) + r * product(2 * U + u));
          h(u) = (1 - z) * n + z * h(u);
          y(b, t, d * U + u) = h(u);
        }
      }
    }
}

}  // namespace eev::reference

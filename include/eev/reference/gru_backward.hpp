// In:  the gradient dy [B, T, 2U] of the states of a bidirectional GRU.  Out: the gradients of its projected
// inputs, weights and bias.  Rests on: reference/gate.
#pragma once

#include <eev/reference/gate.hpp>

namespace eev::reference {

/// gru() that keeps what gru_backward() needs: the gates r, z, n and s = W_n h + b_n, as `kept` [B, T, 2,
/// 4U]. The weights [2, 3U, U], as they change at every step, are not packed.
template <class T>
void gru_forward(device<T>& device, view<T, 3> y, view<T, 4> kept, const_view<T, 4> projected,
                 const_view<T, 3> weight, const_view<T, 2> bias) {
  const auto [B, steps, directions, gates] = projected.shape;
  const dim U = gates / 3;
  require(directions == 2 && gates == 3 * U && y.shape == std::array{B, steps, 2 * U} &&
              kept.shape == std::array{B, steps, dim(2), 4 * U} &&
              weight.shape == std::array{dim(2), gates, U} && bias.shape == std::array{dim(2), gates},
          "gru_forward: y ", y.shape, ", kept ", kept.shape, ", projected ", projected.shape, ", weight ",
          weight.shape, ", bias ", bias.shape,
          "; expected y [B, T, 2U], kept [B, T, 2, 4U], projected "
          "[B, T, 2, 3U], weight [2, 3U, U], bias [2, 3U]");
  auto scope = device.scope();
  auto h = device.template take<T>(U), product = device.template take<T>(gates);
  for (dim b = 0; b < B; ++b)
    for (dim d = 0; d < 2; ++d) {
      for (T& value : h) value = 0;
      for (dim step = 0; step < steps; ++step) {
        const dim t = d == 0 ? step : steps - 1 - step;
        for (dim n = 0; n < gates; ++n) {
          product(n) = bias(d, n);
          for (dim k = 0; k < U; ++k) product(n) += weight(d, n, k) * h(k);
        }
        for (dim u = 0; u < U; ++u) {
          const T r = sigmoid_of(projected(b, t, d, u) + product(u));
          const T z = sigmoid_of(projected(b, t, d, U + u) + product(U + u));
          const T s = product(2 * U + u), n = std::tanh(projected(b, t, d, 2 * U + u) + r * s);
          h(u) = (1 - z) * n + z * h(u);
          y(b, t, d * U + u) = h(u);
          kept(b, t, d, u) = r, kept(b, t, d, U + u) = z;
          kept(b, t, d, 2 * U + u) = n, kept(b, t, d, 3 * U + u) = s;
        }
      }
    }
}

/// From the last step of a direction to its first, with h' the state before the step, dh the gradient of the
/// state after it, and p and q the sums inside the gates that come from the input and from the state:
///   dp_n = dh (1 - z) (1 - n^2)      dq_n = dp_n r
///   dp_z = dh (h' - n) z (1 - z)     dq_z = dp_z
///   dp_r = dp_n s r (1 - r)          dq_r = dp_r
///   dh'  = dh z + sum over the rows g of dq[g] weight[g]
/// dprojected is dp; dweight is the sum of dq h' over clips and steps, dbias that of dq.
template <class T>
void gru_backward(device<T>& device, view<T, 4> dprojected, view<T, 3> dweight, view<T, 2> dbias,
                  const_view<T, 3> dy, const_view<T, 3> y, const_view<T, 4> kept, const_view<T, 3> weight) {
  const auto [B, steps, directions, gates] = dprojected.shape;
  const dim U = gates / 3;
  require(directions == 2 && gates == 3 * U && dweight.shape == std::array{dim(2), gates, U} &&
              weight.shape == dweight.shape && dbias.shape == std::array{dim(2), gates} &&
              dy.shape == std::array{B, steps, 2 * U} && y.shape == dy.shape &&
              kept.shape == std::array{B, steps, dim(2), 4 * U},
          "gru_backward: dprojected ", dprojected.shape, ", dweight ", dweight.shape, ", dbias ", dbias.shape,
          ", dy ", dy.shape, ", y ", y.shape, ", kept ", kept.shape, ", weight ", weight.shape,
          "; expected dprojected [B, T, 2, 3U], dweight and weight [2, 3U, U], dbias [2, 3U], dy and y "
          "[B, T, 2U], kept [B, T, 2, 4U]");
  auto scope = device.scope();
  auto dh = device.template take<T>(U), dq = device.template take<T>(gates);
  for (T& value : dweight) value = 0;
  for (T& value : dbias) value = 0;
  for (dim b = 0; b < B; ++b)
    for (dim d = 0; d < 2; ++d) {
      for (T& value : dh) value = 0;
      for (dim step = steps - 1; step >= 0; --step) {
        const dim t = d == 0 ? step : steps - 1 - step, before = d == 0 ? t - 1 : t + 1;
        const auto state = [&](dim u) { return step == 0 ? T(0) : y(b, before, d * U + u); };
        for (dim u = 0; u < U; ++u) {
          const T r = kept(b, t, d, u), z = kept(b, t, d, U + u);
          const T n = kept(b, t, d, 2 * U + u), s = kept(b, t, d, 3 * U + u);
          const T gradient = dh(u) + dy(b, t, d * U + u);
          const T dn = gradient * (1 - z) * (1 - n * n);
          dprojected(b, t, d, u) = dq(u) = dn * s * r * (1 - r);
          dprojected(b, t, d, U + u) = dq(U + u) = gradient * (state(u) - n) * z * (1 - z);
          dprojected(b, t, d, 2 * U + u) = dn;
          dq(2 * U + u) = dn * r;
          dh(u) = gradient * z;
        }
        for (dim g = 0; g < gates; ++g) {
          dbias(d, g) += dq(g);
          for (dim u = 0; u < U; ++u) {
            dh(u) += dq(g) * weight(d, g, u);
            dweight(d, g, u) += dq(g) * state(u);
          }
        }
      }
    }
}

}  // namespace eev::reference

// The fast form of reference/gru_backward.hpp: per time step and direction one matrix product over the
// clips and a vector loop over the gates; the gradient of the weights is one product over all steps at the
// end.
#pragma once

#include <algorithm>

#include <eev/cpu/gru.hpp>

namespace eev::cpu {

namespace detail {

/// One step of one clip and direction, as gru_step(), with the gates kept [4U].
inline void gru_step_kept(float* __restrict y, float* __restrict h, float* __restrict kept,
                          const float* __restrict projected, const float* __restrict product, dim U) {
#pragma omp simd
  for (dim u = 0; u < U; ++u) {
    const float r = sigmoid(projected[u] + product[u]);
    const float z = sigmoid(projected[U + u] + product[U + u]);
    const float s = product[2 * U + u], n = tanh(projected[2 * U + u] + r * s);
    kept[u] = r, kept[U + u] = z, kept[2 * U + u] = n, kept[3 * U + u] = s;
    y[u] = h[u] = (1 - z) * n + z * h[u];
  }
}

/// One step backwards: `dh` [U], the gradient from the steps after, becomes dh z, to which the product dq
/// weight is still to be added. `before` is the state before the step.
inline void gru_step_backward(float* __restrict dprojected, float* __restrict dq, float* __restrict dh,
                              const float* __restrict dy, const float* __restrict before,
                              const float* __restrict kept, dim U) {
#pragma omp simd
  for (dim u = 0; u < U; ++u) {
    const float r = kept[u], z = kept[U + u], n = kept[2 * U + u], s = kept[3 * U + u];
    const float gradient = dh[u] + dy[u];
    const float dn = gradient * (1 - z) * (1 - n * n);
    const float dr = dn * s * r * (1 - r), dz = gradient * (before[u] - n) * z * (1 - z);
    dprojected[u] = dq[u] = dr;
    dprojected[U + u] = dq[U + u] = dz;
    dprojected[2 * U + u] = dn;
    dq[2 * U + u] = dn * r;
    dh[u] = gradient * z;
  }
}

}  // namespace detail

/// Spec: reference/gru_backward.hpp.
inline void gru_forward(device& device, view<float, 3> y, view<float, 4> kept, const_view<float, 4> projected,
                        const_view<float, 3> weight, const_view<float, 2> bias) {
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
  const auto pack = [&, U = U, gates = gates](dim d) {
    return detail::pack_factor(device, detail::transposed(weight[d]), U, gates);
  };
  const std::array packed{pack(0), pack(1)};
  const dim clips = detail::clips_of_task(device, B);
  auto states = device.take<float>(2, B, U), products = device.take<float>(2, B, gates);
  auto strips = device.take<float>(device.threads(), detail::strips_size);
  std::fill(states.begin(), states.end(), 0.0f);
#pragma omp parallel for num_threads(device.threads()) schedule(static, 1) collapse(2)
  for (dim begin = 0; begin < B; begin += clips)
    for (dim d = 0; d < 2; ++d) {
      const dim end = std::min(begin + clips, B);
      const auto state = states[d].slices(begin, end), product = products[d].slices(begin, end);
      for (dim step = 0; step < steps; ++step) {
        const dim t = d == 0 ? step : steps - 1 - step;
        detail::multiply_rows(product.data, gates, bias[d].data, 0, detail::plain(state), end - begin,
                              packed[d], strips[omp_get_thread_num()].data);
        for (dim b = begin; b < end; ++b) {
          const dim row = b * steps + t, place = row * 2 + d;  // y's rows, and those of both directions
          detail::gru_step_kept(y.data + place * U, state.data + (b - begin) * U, kept.data + place * 4 * U,
                                projected.data + place * gates, product.data + (b - begin) * gates, U);
        }
      }
    }
}

/// Spec: reference/gru_backward.hpp.
inline void gru_backward(device& device, view<float, 4> dprojected, view<float, 3> dweight,
                         view<float, 2> dbias, const_view<float, 3> dy, const_view<float, 3> y,
                         const_view<float, 4> kept, const_view<float, 3> weight) {
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
  // Step by step, so that the product over all steps has its rows one after the other.
  auto dq = device.take<float>(2, steps, B, gates), before = device.take<float>(2, steps, B, U);
  const auto pack = [&, U = U, gates = gates](dim d) {
    return detail::pack_factor(device, detail::plain(weight[d]), gates, U);
  };
  const std::array packed{pack(0), pack(1)};
  const dim clips = detail::clips_of_task(device, B);
  auto gradients = device.take<float>(2, B, U);
  auto strips = device.take<float>(device.threads(), detail::strips_size);
  std::fill(gradients.begin(), gradients.end(), 0.0f);
#pragma omp parallel for num_threads(device.threads()) schedule(static, 1) collapse(2)
  for (dim begin = 0; begin < B; begin += clips)
    for (dim d = 0; d < 2; ++d) {
      const dim end = std::min(begin + clips, B);
      const auto dh = gradients[d].slices(begin, end);
      for (dim step = steps - 1; step >= 0; --step) {
        const dim t = d == 0 ? step : steps - 1 - step, earlier = d == 0 ? t - 1 : t + 1;
        for (dim b = begin; b < end; ++b) {
          const dim place = (b * steps + t) * 2 + d;
          float* state = before[d][step][b].data;
          if (step == 0)
            std::fill_n(state, U, 0.0f);
          else
            std::copy_n(y.data + ((b * steps + earlier) * 2 + d) * U, U, state);
          detail::gru_step_backward(dprojected.data + place * gates, dq[d][step][b].data,
                                    dh.data + (b - begin) * U, dy.data + place * U, state,
                                    kept.data + place * 4 * U, U);
        }
        if (step > 0)
          detail::multiply_rows(dh.data, U, dh.data, U, detail::plain(dq[d][step].slices(begin, end)),
                                end - begin, packed[d], strips[omp_get_thread_num()].data);
      }
    }
  for (dim d = 0; d < 2; ++d) {
    const auto states = detail::pack_factor(device, detail::plain(before[d].rows()), steps * B, U);
    detail::matrix_product(device, dweight[d], detail::transposed(dq[d].rows()), states, nullptr);
    detail::sum_columns(device, dbias[d], dq[d].rows());
  }
}

}  // namespace eev::cpu

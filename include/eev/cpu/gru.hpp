// The fast form of reference/gru.hpp: a matrix product and a vector loop over the gates per time step. A task
// is one direction of some of the clips, from the first step to the last, so threads never wait for each
// other.
#pragma once

#include <algorithm>

#include <eev/cpu/linear.hpp>
#include <eev/cpu/math.hpp>

namespace eev::cpu {

namespace detail {

/// How many clips of a batch are one task: one direction of them, from the first step to the last, so that
/// threads never wait for each other.
inline dim clips_of_task(const device& device, dim B) {
  const dim parts = std::max(device.threads() / 2, 1);
  return std::max<dim>((B + parts - 1) / parts, 1);
}

}  // namespace detail

/// One step of one clip and direction. `projected` and `product` [3U] are the input's and the state's part of
/// the gates r, z, n; the state h [U] is replaced and copied to y.
inline void gru_step(float* __restrict y, float* __restrict h, const float* __restrict projected,
                     const float* __restrict product, dim U) {
#pragma omp simd
  for (dim u = 0; u < U; ++u) {
    const float r = sigmoid(projected[u] + product[u]);
    const float z = sigmoid(projected[U + u] + product[U + u]);
    const float n = tanh(projected[2 * U + u] + r * product[2 * U + u]);
    y[u] = h[u] = (1 - z) * n + z * h[u];
  }
}

/// Spec: reference/gru.hpp.
inline void gru(device& device, view<float, 3> y, const_view<float, 4> projected,
                const std::array<packed_matrix<float>, 2>& weight, const_view<float, 2> bias) {
  const auto [B, steps, directions, gates] = projected.shape;
  const dim U = gates / 3;
  require(directions == 2 && gates == 3 * U && y.shape == std::array{B, steps, 2 * U} &&
              weight[0].N == gates && weight[0].K == U && weight[1].N == gates && weight[1].K == U &&
              bias.shape == std::array{dim(2), gates},
          "gru: y ", y.shape, ", projected ", projected.shape, ", weight ",
          std::array{weight[0].N, weight[0].K}, " and ", std::array{weight[1].N, weight[1].K}, ", bias ",
          bias.shape, "; expected y [B, T, 2U], projected [B, T, 2, 3U], weight [3U, U] twice, bias [2, 3U]");
  const dim clips = detail::clips_of_task(device, B);
  auto scope = device.scope();
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
                              {U, gates, weight[d].panels}, strips[omp_get_thread_num()].data);
        for (dim b = begin; b < end; ++b)
          gru_step(y.data + (b * steps + t) * 2 * U + d * U, state.data + (b - begin) * U,
                   projected.data + ((b * steps + t) * 2 + d) * gates, product.data + (b - begin) * gates, U);
      }
    }
}

}  // namespace eev::cpu

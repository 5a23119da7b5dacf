// The fast form of reference/gru.hpp: a matrix product and a vector loop over the gates per time step. A task
// is one direction of some of the clips, from the first step to the last, so threads never wait for each
// other.
#pragma once

#include <algorithm>

#include <eev/cpu/linear.hpp>
#include <eev/cpu/math.hpp>

namespace eev::cpu {

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
  if (B == 0) return;
  const dim parts = std::clamp<dim>(device.threads() / 2, 1, B), clips = (B + parts - 1) / parts;
  const dim tasks = (B + clips - 1) / clips, rest = B - (tasks - 1) * clips;
  const auto kernel_of = [&](dim rows) -> const kernel& {
    return detail::matmul_kernel<float>(device, rows, weight[0], true, epilogue::none);
  };
  const kernel &whole = kernel_of(clips), &last = kernel_of(rest);

  auto scope = device.scope();
  auto states = device.take<float>(2, B, U), products = device.take<float>(2, B, gates);
  std::fill(states.begin(), states.end(), 0.0f);
#pragma omp parallel for num_threads(device.threads()) schedule(static, 1) collapse(2)
  for (dim task = 0; task < tasks; ++task)
    for (dim d = 0; d < 2; ++d) {
      const dim begin = task * clips, end = std::min(begin + clips, B);
      const auto state = states[d].slices(begin, end), product = products[d].slices(begin, end);
      for (dim step = 0; step < steps; ++step) {
        const dim t = d == 0 ? step : steps - 1 - step;
        device.run(end - begin == clips ? whole : last, state.data, weight[d].memory.get_data_handle(),
                   bias[d].data, product.data);
        for (dim b = begin; b < end; ++b)
          gru_step(y.data + (b * steps + t) * 2 * U + d * U, state.data + (b - begin) * U,
                   projected.data + ((b * steps + t) * 2 + d) * gates, product.data + (b - begin) * gates, U);
      }
    }
}

}  // namespace eev::cpu

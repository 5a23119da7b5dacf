// Spec: reference/gru_backward.hpp. In: dy and y [B, T, 2U], kept [B, T, 2, 4U], weight [2, 3U, U]. Out:
// dprojected [B, T, 2, 3U], dweight [2, 3U, U], dbias [2, 3U].
//
// gru_forward() is the kernel of gru.cuh. On the way back one kernel does all steps of both directions too:
// recurrence.cuh says who has what. At each step a thread makes the gradients of the gates of its units, and,
// once all have come, the gradient of the state before the step, for which the weights are read as they lie.
// The gradients of the gates' sums and the states before each step are kept, so that the gradient of the
// weights is one product a direction at the end, and that of the bias a sum of columns.
//
// Limits: 16 U bytes fit into shared memory, U <= 6,336; B T below 2^24. Scratch memory: 32 B T U bytes.
// Memory: 56 B T U bytes in and 56 out; from the L2 cache 12 U^2 bytes a step and tile of up to 8 clips,
// which is what bounds it. 12 B T U^2 FLOP, and as many in the product.
#pragma once

#include <eev/cuda/gru_backward.hpp>

#include "device/columns.cuh"
#include "device/matrix_product.hpp"
#include "gru.cuh"
#include "gru_back_teams.cuh"

namespace eev::cuda {
namespace {

// ---- kernel ----

/// dq [B, T, 2, 3U] are the gradients of the state's part of the gates, before [B, T, 2, U] the states before
/// each step.
template <int Clips>
__global__ void __launch_bounds__(most_recurrence_threads)
    gru_back_over_time(float* dprojected, float* dq, float* before, const float* dy, const float* y,
                       const float* kept, const float* weight, dim B, dim steps, int U) {
  SHARED_DYNAMIC(gates, float);  // dq of the step [Clips, pitch], then dh [Clips, U], of each thread's units
  const int d = blockIdx.y, pitch = shared_pitch(3 * U);
  float* dh = gates + Clips * pitch;
  const dim first = dim(blockIdx.x) * Clips;
  weight += dim(d) * 3 * U * U;
  for (int u = threadIdx.x; u < U; u += blockDim.x)
    for (int b = 0; b < Clips; ++b) dh[b * U + u] = 0;

  for (dim step = steps - 1; step >= 0; --step) {
    const dim t = d == 0 ? step : steps - 1 - step, earlier = d == 0 ? t - 1 : t + 1;
    for (int u = threadIdx.x; u < U; u += blockDim.x)
      for (int b = 0; b < Clips; ++b) {
        float dr = 0, dz = 0, dn = 0, r = 0;
        if (first + b < B) {
          const dim row = (first + b) * steps, place = (row + t) * 2 + d;
          const float* gate = kept + place * 4 * U + u;
          const float z = gate[U], n = gate[2 * U], s = gate[3 * U];
          const float state = step == 0 ? 0 : y[((row + earlier) * 2 + d) * U + u];
          const float gradient = dh[b * U + u] + dy[place * U + u];
          r = gate[0];
          dn = gradient * (1 - z) * (1 - n * n);
          dr = dn * s * r * (1 - r), dz = gradient * (state - n) * z * (1 - z);
          dh[b * U + u] = gradient * z;
          before[place * U + u] = state;
          float *inputs = dprojected + place * 3 * U + u, *states = dq + place * 3 * U + u;
          inputs[0] = dr, inputs[U] = dz, inputs[2 * U] = dn;
          states[0] = dr, states[U] = dz, states[2 * U] = dn * r;
        }
        float* shared = gates + b * pitch + u;
        shared[0] = dr, shared[U] = dz, shared[2 * U] = dn * r;
      }
    __syncthreads();
    for (int u = threadIdx.x; u < U; u += blockDim.x) {
      float sums[1][Clips];
#pragma unroll
      for (int b = 0; b < Clips; ++b) sums[0][b] = dh[b * U + u];
      add_products(sums, weight + u, U, 0, gates, pitch, 3 * U);
#pragma unroll
      for (int b = 0; b < Clips; ++b) dh[b * U + u] = sums[0][b];
    }
    __syncthreads();
  }
}

}  // namespace

// ---- launchers ----

void gru_forward(device& device, view<float, 3> y, view<float, 4> kept, view<const float, 4> projected,
                 view<const float, 3> weight, view<const float, 2> bias) {
  const auto [B, steps, directions, gates] = projected.shape;
  const dim U = gates / 3;
  require(directions == 2 && gates == 3 * U && y.shape == std::array{B, steps, 2 * U} &&
              kept.shape == std::array{B, steps, dim(2), 4 * U} &&
              weight.shape == std::array{dim(2), gates, U} && bias.shape == std::array{dim(2), gates},
          "gru_forward: y ", y.shape, ", kept ", kept.shape, ", projected ", projected.shape, ", weight ",
          weight.shape, ", bias ", bias.shape,
          "; expected y [B, T, 2U], kept [B, T, 2, 4U], projected "
          "[B, T, 2, 3U], weight [2, 3U, U], bias [2, 3U]");
  launch_gru_of_floats("gru_forward", device, y, kept.data, projected.data,
                       {weight.data, weight.data + gates * U}, bias.data, U);
}

void gru_backward(device& device, view<float, 4> dprojected, view<float, 3> dweight, view<float, 2> dbias,
                  view<const float, 3> dy, view<const float, 3> y, view<const float, 4> kept,
                  view<const float, 3> weight) {
  const auto [B, steps, directions, gates] = dprojected.shape;
  const dim U = gates / 3, rows = B * steps;
  require(directions == 2 && gates == 3 * U && dweight.shape == std::array{dim(2), gates, U} &&
              weight.shape == dweight.shape && dbias.shape == std::array{dim(2), gates} &&
              dy.shape == std::array{B, steps, 2 * U} && y.shape == dy.shape &&
              kept.shape == std::array{B, steps, dim(2), 4 * U},
          "gru_backward: dprojected ", dprojected.shape, ", dweight ", dweight.shape, ", dbias ", dbias.shape,
          ", dy ", dy.shape, ", y ", y.shape, ", kept ", kept.shape, ", weight ", weight.shape,
          "; expected dprojected [B, T, 2, 3U], dweight and weight [2, 3U, U], dbias [2, 3U], dy and y "
          "[B, T, 2U], kept [B, T, 2, 4U]");
  const char* name = "gru_backward";
  auto scope = device.scope();
  const auto dq = device.take<float>(rows, 2 * gates), before = device.take<float>(rows, 2 * U);
  const bool in_teams = device.rounds_factors() &&
                        launch_gru_back_in_teams(name, device, dprojected.data, dq.data, before.data, dy.data,
                                                 y.data, kept.data, weight.data, B, steps, U);
  if (dy.size() > 0 && !in_teams) {
    const std::size_t bytes = sizeof(float) * (shared_pitch(int(gates)) + U);  // of a clip
    with_clips(name, B, bytes, U, [&, B = B, steps = steps](auto clips) {
      launch(name, device, dim3(blocks_for(B, clips), 2), recurrence_threads(U), clips * bytes,
             gru_back_over_time<clips>, dprojected.data, dq.data, before.data, dy.data, y.data, kept.data,
             weight.data, B, steps, int(U));
    });
  }
  sum_columns(name, device, dbias.data, dq.data, rows, 2 * gates);
  if (dy.size() == 0) return fill_zeros(name, device, dweight.data, dweight.size());
  for (dim d = 0; d < 2; ++d)  // dq^T before; both directions stand side by side in a row
    multiply(device,
             matrix_product(dweight[d], factor<float>{dq.data + d * gates, gates, rows, 2 * gates, true},
                            factor<float>{before.data + d * U, rows, U, 2 * U}));
}

}  // namespace eev::cuda

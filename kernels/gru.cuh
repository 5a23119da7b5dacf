// Spec: reference/gru.hpp. In: projected [B, T, 2, 3U], weight [3U, U] twice, bias [2, 3U]. Out: y [B, T,
// 2U].
//
// The weights are transposed first, so that the lanes of a warp, which have units side by side, read them
// side by side. Then one kernel does all steps of both directions: recurrence.cuh says who has what. The
// state of the tile stands in shared memory twice, before the step and after it, so one barrier a step is
// enough.
//
// Limits: 8 U bytes fit into shared memory, U <= 12,672. Memory: 48 B T U bytes in and 8 B T U out; from the
// L2 cache 12 U^2 bytes a step and tile of up to 8 clips, which is what bounds it. 12 B T U^2 FLOP.
#pragma once

#include <eev/cuda/gru.hpp>

#include "device/activations.cuh"
#include "gru_mma.cuh"
#include "gru_teams.cuh"
#include "recurrence.cuh"

namespace eev::cuda {
namespace {

// ---- kernels ----

constexpr int transposed_tile = 32, transposed_rows = 4;

/// The weights [N, K] of each direction as to[direction] [K, N].
__global__ void __launch_bounds__(transposed_tile* transposed_rows)
    transpose_weights(float* to, const float* forward, const float* reverse, int N, int K) {
  SHARED(tile, float[transposed_tile][transposed_tile + 1]);  // rows begin in different banks
  const float* from = blockIdx.z == 0 ? forward : reverse;
  to += dim(blockIdx.z) * N * K;
  const int n = blockIdx.y * transposed_tile, k = blockIdx.x * transposed_tile, column = threadIdx.x;
  for (int row = threadIdx.y; row < transposed_tile; row += transposed_rows)
    if (n + row < N && k + column < K) tile[row][column] = from[dim(n + row) * K + k + column];
  __syncthreads();
  for (int row = threadIdx.y; row < transposed_tile; row += transposed_rows)
    if (k + row < K && n + column < N) to[dim(k + row) * N + n + column] = tile[column][row];
}

/// weight [2, U, 3U] is transposed. If `kept` [B, T, 2, 4U] is there, the gates r, z, n and the state's part
/// of n go to it.
template <int Clips>
__global__ void __launch_bounds__(most_recurrence_threads)
    gru_over_time(float* y, float* kept, const float* projected, const float* weight, const float* bias,
                  dim B, dim steps, int U) {
  SHARED_DYNAMIC(states, float);  // [2, Clips, pitch]
  const int d = blockIdx.y, pitch = shared_pitch(U);
  const dim first = dim(blockIdx.x) * Clips;
  weight += dim(d) * 3 * U * U, bias += d * 3 * U;
  for (int i = threadIdx.x; i < Clips * pitch; i += blockDim.x) states[i] = 0;
  __syncthreads();

  for (dim step = 0; step < steps; ++step) {
    const dim t = d == 0 ? step : steps - 1 - step;
    const auto place = [&](int b) { return ((first + b) * steps + t) * 2 + d; };
    const float* h = states + step % 2 * Clips * pitch;
    float* next = states + (step + 1) % 2 * Clips * pitch;
    for (int u = threadIdx.x; u < U; u += blockDim.x) {
      float sums[3][Clips];
#pragma unroll
      for (int i = 0; i < 3; ++i)
#pragma unroll
        for (int b = 0; b < Clips; ++b) sums[i][b] = bias[i * U + u];
      add_products(sums, weight + u, 3 * U, U, h, pitch, U);
#pragma unroll
      for (int b = 0; b < Clips; ++b) {
        const bool there = first + b < B;
        const float* input = projected + place(b) * 3 * U + u;
        const float r = sigmoid_of((there ? input[0] : 0) + sums[0][b]);
        const float z = sigmoid_of((there ? input[U] : 0) + sums[1][b]);
        const float n = tanhf((there ? input[2 * U] : 0) + r * sums[2][b]);
        const float state = (1 - z) * n + z * h[b * pitch + u];
        next[b * pitch + u] = state;
        if (!there) continue;
        y[place(b) * U + u] = state;
        if (!kept) continue;
        float* gates = kept + place(b) * 4 * U + u;
        gates[0] = r, gates[U] = z, gates[2 * U] = n, gates[3 * U] = sums[2][b];
      }
    }
    __syncthreads();
  }
}

// ---- launchers ----

/// weight: those of each direction [3U, U]. An empty `kept` is not written.
void launch_gru(const char* name, device& device, view<float, 3> y, float* kept, const float* projected,
                const std::array<const float*, 2>& weight, const float* bias, dim U) {
  const dim B = y.shape[0], steps = y.shape[1];
  if (y.size() == 0) return;
  const std::size_t bytes = 2 * sizeof(float) * shared_pitch(int(U));  // of a clip
  with_clips(name, B, bytes, U, [&](auto clips) {
    auto scope = device.scope();
    float* transposed = device.take<float>(2, U, 3 * U).data;
    launch(name, device, dim3(blocks_for(U, transposed_tile), blocks_for(3 * U, transposed_tile), 2),
           dim3(transposed_tile, transposed_rows), 0, transpose_weights, transposed, weight[0], weight[1],
           int(3 * U), int(U));
    launch(name, device, dim3(blocks_for(B, clips), 2), recurrence_threads(U), clips * bytes,
           gru_over_time<clips>, y.data, kept, projected, transposed, bias, B, steps, int(U));
  });
}

/// On tensor cores, if factors may be rounded and there are kernels for it.
void launch_gru_of_floats(const char* name, device& device, view<float, 3> y, float* kept,
                          const float* projected, const std::array<const float*, 2>& weight,
                          const float* bias, dim U) {
  if (!device.rounds_factors() ||
      !launch_gru_in_teams(name, device, y.data, kept, projected, weight, bias, y.shape[0], y.shape[1], U))
    launch_gru(name, device, y, kept, projected, weight, bias, U);
}

template <class Out, class T>
void check_gru(view<Out, 3> y, view<const float, 4> projected, const std::array<view<const T, 2>, 2>& weight,
               view<const float, 2> bias) {
  const auto [B, steps, directions, gates] = projected.shape;
  const dim U = gates / 3;
  require(directions == 2 && gates == 3 * U && y.shape == std::array{B, steps, 2 * U} &&
              weight[0].shape == std::array{gates, U} && weight[1].shape == weight[0].shape &&
              bias.shape == std::array{dim(2), gates},
          "gru: y ", y.shape, ", projected ", projected.shape, ", weight ", weight[0].shape, " and ",
          weight[1].shape, ", bias ", bias.shape,
          "; expected y [B, T, 2U], projected [B, T, 2, 3U], weight [3U, U] twice, bias [2, 3U]");
}

template <class Out>
void gru_in_bfloat16(device& device, view<Out, 3> y, view<const float, 4> projected,
                     const std::array<view<const bfloat16, 2>, 2>& weight, view<const float, 2> bias) {
  check_gru(y, projected, weight, bias);
  const auto [B, steps, _] = y.shape;
  const dim U = weight[0].shape[1];
  const std::array factors{in_kernel(weight[0].data), in_kernel(weight[1].data)};
  if (!launch_gru_in_teams("gru", device, in_kernel(y.data), nullptr, projected.data, factors, bias.data, B,
                           steps, U))
    launch_gru_mma(device, in_kernel(y.data), projected.data, factors, bias.data, B, steps, U);
}

}  // namespace

void gru(device& device, view<float, 3> y, view<const float, 4> projected,
         const std::array<view<const float, 2>, 2>& weight, view<const float, 2> bias) {
  check_gru(y, projected, weight, bias);
  launch_gru_of_floats("gru", device, y, nullptr, projected.data, {weight[0].data, weight[1].data}, bias.data,
                       weight[0].shape[1]);
}
void gru(device& device, view<float, 3> y, view<const float, 4> projected,
         const std::array<view<const bfloat16, 2>, 2>& weight, view<const float, 2> bias) {
  gru_in_bfloat16(device, y, projected, weight, bias);
}
void gru(device& device, view<bfloat16, 3> y, view<const float, 4> projected,
         const std::array<view<const bfloat16, 2>, 2>& weight, view<const float, 2> bias) {
  gru_in_bfloat16(device, y, projected, weight, bias);
}

}  // namespace eev::cuda

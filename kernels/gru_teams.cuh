// In:  what gru() and gru_forward() read, for 128, 256 or 512 units, a multiple of 16 bytes apart.  Out: what
// they write, factors rounded to bfloat16.  Rests on: recurrence_teams, activations.
//
// Memory: 24 B T U bytes in, 8 B T U out, 32 B T U more if the gates are kept; from the L2 cache each block
// reads 2 U bytes a step and clip. 12 B T U^2 FLOP.
#pragma once

#include "device/activations.cuh"
#include "recurrence_teams.cuh"

namespace eev::cuda {
namespace {

// ---- kernel ----

template <int U>
constexpr std::size_t team_forward_bytes =
    column_parts * 3 * team_clips* partial_pitch * sizeof(float) + team_clips*(U + 8) * sizeof(__nv_bfloat16);

/// If `kept` [B, T, 2, 4U] is there, the gates r, z, n and the state's part of n go to it.
template <int U, class Weight, class Out>
__global__ void __launch_bounds__(team_threads, 1)
    gru_in_teams(Out* y, float* kept, __nv_bfloat16* exchange, unsigned* counter, const float* projected,
                 const Weight* forward, const Weight* reverse, const float* bias, dim begin, dim B,
                 dim steps) {
  constexpr int Blocks = U / team_units, Tiles = U / column_parts / 16, pitch = U + 8;
  constexpr int partial_size = team_clips * partial_pitch;
  SHARED_DYNAMIC(partial, float);  // [parts, 3 gates, clips, pitch], then states [clips, pitch]
  auto* states = reinterpret_cast<__nv_bfloat16*>(partial + column_parts * 3 * partial_size);
  const team_thread me;
  const int rank = blockIdx.x % Blocks, d = blockIdx.y, u = rank * team_units + me.unit;
  const dim clip = begin + blockIdx.x / Blocks * team_clips + me.clip;
  const bool there = clip < B;
  const Weight* weight = d == 0 ? forward : reverse;
  const int team = blockIdx.x / Blocks * 2 + d;
  exchange += team * 2 * team_clips * U, counter += team;

  std::uint32_t weights[3][Tiles][4];
  load_weights(weights, me.lane, [&](int gate, int unit, int column) {
    return weight + (gate * U + rank * team_units + me.first_unit + unit) * U + me.part * (U / column_parts) +
           column;
  });
  float plus[3][4], state[4] = {};
#pragma unroll
  for (int gate = 0; gate < 3; ++gate)
#pragma unroll
    for (int i = 0; i < 4; ++i) plus[gate][i] = bias[(d * 3 + gate) * U + u + i];
  for (int i = threadIdx.x; i < team_clips * pitch; i += team_threads) states[i] = __float2bfloat16_rn(0);

  const auto place_at = [&](dim step) { return (clip * steps + (d == 0 ? step : steps - 1 - step)) * 2 + d; };
  float input[3][4];
  const auto load_input = [&](dim step) {
#pragma unroll
    for (int gate = 0; gate < 3; ++gate)
      load_units(input[gate], projected + (place_at(step) * 3 + gate) * U + u, there && step < steps);
  };
  load_input(0);
  __syncthreads();

  for (dim step = 0; step < steps; ++step) {
    const __nv_bfloat16* rows = states + me.part * (U / column_parts);
    float sums[3][4][4] = {};
#pragma unroll
    for (int tile = 0; tile < Tiles; ++tile) {
      std::uint32_t factors[2][4];
      load_rows(factors, rows + 16 * tile, pitch, me.lane);
#pragma unroll
      for (int gate = 0; gate < 3; ++gate) add_products(sums[gate], weights[gate][tile], factors);
    }
#pragma unroll
    for (int gate = 0; gate < 3; ++gate)
      store_sums(partial + (me.part * 3 + gate) * partial_size, sums[gate], me);
    __syncthreads();

    float recurrent[3][4], r[4], z[4], n[4];
#pragma unroll
    for (int gate = 0; gate < 3; ++gate) {
#pragma unroll
      for (int i = 0; i < 4; ++i) recurrent[gate][i] = plus[gate][i];
      add_sums(recurrent[gate], partial + gate * partial_size, 3 * partial_size, me);
    }
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      r[i] = quick_sigmoid(input[0][i] + recurrent[0][i]);
      z[i] = quick_sigmoid(input[1][i] + recurrent[1][i]);
      n[i] = quick_tanh(input[2][i] + r[i] * recurrent[2][i]);
      state[i] = (1 - z[i]) * n[i] + z[i] * state[i];
    }
    __nv_bfloat16* next = exchange + step % 2 * team_clips * U;
    store_units(next + me.clip * U + u, state);
    team_arrive(counter);
    if (there) {  // meanwhile
      const dim place = place_at(step);
      store_units(y + place * U + u, state);
      if (kept) {
        float* gates = kept + place * 4 * U + u;
        store_units(gates, r), store_units(gates + U, z), store_units(gates + 2 * U, n);
        store_units(gates + 3 * U, recurrent[2]);
      }
    }
    load_input(step + 1);
    team_wait(counter, unsigned(step + 1) * Blocks);
    fetch_rows<U>(states, next);
  }
}

// ---- launcher ----

/// False, and nothing is done, where teams cannot do it. An empty `kept` is not written.
template <class Weight, class Out>
bool launch_gru_in_teams(const char* name, device& device, Out* y, float* kept, const float* projected,
                         const std::array<const Weight*, 2>& weight, const float* bias, dim B, dim steps,
                         dim U) {
  return steps > 0 && all_aligned({y, kept, projected}) &&
         in_teams(
             device, B, U, U, [](auto units) { return team_forward_bytes<units>; },
             [&](auto units, unsigned blocks, dim3 grid, dim begin, __nv_bfloat16* exchange,
                 unsigned* counters) {
               launch_together(name, device, blocks, grid, team_threads, team_forward_bytes<units>,
                               gru_in_teams<units, Weight, Out>, y, kept, exchange, counters, projected,
                               weight[0], weight[1], bias, begin, B, steps);
             });
}

}  // namespace
}  // namespace eev::cuda

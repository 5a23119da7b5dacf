// In:  what gru_backward.cuh's recurrence reads, for 128, 256 or 512 units, a multiple of 16 bytes apart.
// Out: what it writes, factors rounded to bfloat16.  Rests on: recurrence_teams.
//
// The products are with the transposed weights: a block's columns are the units that its states went to.
//
// Memory: 48 B T U bytes in, 56 B T U out; from the L2 cache each block reads 6 U bytes a step and clip. 12 B
// T U^2 FLOP.
#pragma once

#include "recurrence_teams.cuh"

namespace eev::cuda {
namespace {

// ---- kernel ----

template <int U>
constexpr std::size_t team_back_bytes =
    column_parts* team_clips* partial_pitch * sizeof(float) + team_clips*(3 * U + 8) * sizeof(__nv_bfloat16);

/// dq [B, T, 2, 3U] are the gradients of the state's part of the gates, before [B, T, 2, U] the states before
/// each step.
template <int U>
__global__ void __launch_bounds__(team_threads, 1)
    gru_back_in_teams(float* dprojected, float* dq, float* before, __nv_bfloat16* exchange, unsigned* counter,
                      const float* dy, const float* y, const float* kept, const float* weight, dim begin,
                      dim B, dim steps) {
  constexpr int Blocks = U / team_units, Tiles = U / column_parts / 16, pitch = 3 * U + 8;
  constexpr int partial_size = team_clips * partial_pitch;
  SHARED_DYNAMIC(partial, float);  // [parts, clips, pitch], then dq of the step [clips, pitch]
  auto* gates = reinterpret_cast<__nv_bfloat16*>(partial + column_parts * partial_size);
  const team_thread me;
  const int rank = blockIdx.x % Blocks, d = blockIdx.y, u = rank * team_units + me.unit;
  const dim clip = begin + blockIdx.x / Blocks * team_clips + me.clip;
  const bool there = clip < B;
  weight += dim(d) * 3 * U * U;
  const int team = blockIdx.x / Blocks * 2 + d;
  exchange += team * 2 * team_clips * 3 * U, counter += team;

  std::uint32_t weights[3][Tiles][4];  // transposed: the columns are the units that the state went to
  load_weights(weights, me.lane, [&](int gate, int unit, int column) {
    return weight + (gate * U + me.part * (U / column_parts) + column) * U + rank * team_units +
           me.first_unit + unit;
  });
  const auto place_at = [&](dim step) { return (clip * steps + (d == 0 ? step : steps - 1 - step)) * 2 + d; };
  float r[4], z[4], n[4], s[4], state[4], gradient[4], dh[4] = {};
  const auto load_step = [&](dim step) {
    const bool here = there && step >= 0;
    const dim place = place_at(step);
    const float* gate = kept + place * 4 * U + u;
    load_units(r, gate, here), load_units(z, gate + U, here), load_units(n, gate + 2 * U, here);
    load_units(s, gate + 3 * U, here), load_units(gradient, dy + place * U + u, here);
    load_units(state, y + place_at(step - 1) * U + u, here && step > 0);
  };
  load_step(steps - 1);

  for (dim step = steps - 1; step >= 0; --step) {
    float dr[4], dz[4], dn[4], dm[4];
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      gradient[i] += dh[i];
      dn[i] = gradient[i] * (1 - z[i]) * (1 - n[i] * n[i]);
      dm[i] = dn[i] * r[i];
      dr[i] = dn[i] * s[i] * r[i] * (1 - r[i]);
      dz[i] = gradient[i] * (state[i] - n[i]) * z[i] * (1 - z[i]);
      dh[i] = gradient[i] * z[i];
    }
    __nv_bfloat16* made = exchange + step % 2 * team_clips * 3 * U;
    __nv_bfloat16* mine = made + me.clip * 3 * U + u;
    store_units(mine, dr), store_units(mine + U, dz), store_units(mine + 2 * U, dm);
    team_arrive(counter);
    if (there) {  // meanwhile
      const dim place = place_at(step);
      float *inputs = dprojected + place * 3 * U + u, *states = dq + place * 3 * U + u;
      store_units(inputs, dr), store_units(inputs + U, dz), store_units(inputs + 2 * U, dn);
      store_units(states, dr), store_units(states + U, dz), store_units(states + 2 * U, dm);
      store_units(before + place * U + u, state);
    }
    load_step(step - 1);
    team_wait(counter, unsigned(steps - step) * Blocks);
    fetch_rows<3 * U>(gates, made);

    float sums[4][4] = {};
#pragma unroll
    for (int gate = 0; gate < 3; ++gate)
#pragma unroll
      for (int tile = 0; tile < Tiles; ++tile) {
        std::uint32_t factors[2][4];
        load_rows(factors, gates + gate * U + me.part * (U / column_parts) + 16 * tile, pitch, me.lane);
        add_products(sums, weights[gate][tile], factors);
      }
    store_sums(partial + me.part * partial_size, sums, me);
    __syncthreads();
    add_sums(dh, partial, partial_size, me);
  }
}

// ---- launcher ----

/// False, and nothing is done, where teams cannot do it.
bool launch_gru_back_in_teams(const char* name, device& device, float* dprojected, float* dq, float* before,
                              const float* dy, const float* y, const float* kept, const float* weight, dim B,
                              dim steps, dim U) {
  return steps > 0 && all_aligned({dprojected, dq, before, dy, y, kept}) &&
         in_teams(
             device, B, U, 3 * U, [](auto units) { return team_back_bytes<units>; },
             [&](auto units, unsigned blocks, dim3 grid, dim begin, __nv_bfloat16* exchange,
                 unsigned* counters) {
               launch_together(name, device, blocks, grid, team_threads, team_back_bytes<units>,
                               gru_back_in_teams<units>, dprojected, dq, before, exchange, counters, dy, y,
                               kept, weight, begin, B, steps);
             });
}

}  // namespace
}  // namespace eev::cuda

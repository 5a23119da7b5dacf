// In:  what gru.cuh and gru_backward.cuh read, for 128, 256 or 512 units.  Out: what they write.  Rests on:
// ptx, teams, activations.
//
// The recurrence of a team of blocks, on tensor cores. A team has one direction of 32 clips; each of
// its blocks has 32 units, whose weights it reads once and keeps in registers, rounded to bfloat16, to the
// last step. What the blocks make of a step, the states on the way forward and the gradients of the gates on
// the way back, they exchange through the L2 cache, where it lies twice, for the step and the one after it:
// so one barrier of the team a step is enough.
//
// Of the 8 warps of a block two have the same quarter of the columns, 16 units each. Their sums meet in
// shared memory; then a thread has 4 units of a clip, whose state or gradient it keeps in float.
//
// Limits: 128, 256 or 512 units, and as many blocks at once as multiprocessors. Memory: forward 24 B T U
// bytes in, 8 B T U out, 32 B T U more if the gates are kept; back 48 B T U in, 56 B T U out. From the L2
// cache each block reads 2 U bytes a step and clip forward, 6 U back. 12 B T U^2 FLOP each.
#pragma once

#include "device/activations.cuh"
#include "device/elements.cuh"
#include "device/runtime.hpp"

namespace eev::cuda {
namespace {

constexpr int team_units = 32, team_clips = 32, team_threads = 256;  // of a block
constexpr int column_parts = 4, partial_pitch = team_units + 4;      // rows of sums begin in different banks

/// Who has what in a block.
struct team_thread {
  int lane = threadIdx.x % warp_lanes, part = threadIdx.x / warp_lanes / 2;
  int first_unit = threadIdx.x / warp_lanes % 2 * 16;      // of the warp's products
  int clip = threadIdx.x / 8, unit = threadIdx.x % 8 * 4;  // of the block, for gates
};

/// The warp's part of the weights as fragments [3 gates, Tiles of 16 columns] of [16 units, 16 columns]:
/// at(gate, unit of the warp, column of the part) points to one.
template <int Tiles, class At>
__device__ __forceinline__ void load_weights(std::uint32_t (&weights)[3][Tiles][4], int lane, At at) {
#pragma unroll
  for (int gate = 0; gate < 3; ++gate) {
#pragma unroll
    for (int tile = 0; tile < Tiles; ++tile)
#pragma unroll
      for (int r = 0; r < 4; ++r) {
        const int unit = lane / 4 + 8 * (r % 2), column = 16 * tile + lane % 4 * 2 + 8 * (r / 2);
        weights[gate][tile][r] =
            bfloat16_pair(load(at(gate, unit, column)), load(at(gate, unit, column + 1)));
      }
    __syncwarp();  // there are no registers for the numbers of all gates before they are rounded
  }
}

/// sums [16 units, 32 clips] += weights [16, 16] rows^T; rows [32 clips, pitch] begin at the 16 columns.
__device__ __forceinline__ void load_rows(std::uint32_t (&factors)[2][4], const __nv_bfloat16* rows,
                                          int pitch, int lane) {
  const __nv_bfloat16* mine = rows + (lane % 8 + lane / 16 * 8) * pitch + lane / 8 % 2 * 8;
  ldmatrix(factors[0], mine);
  ldmatrix(factors[1], mine + 16 * pitch);
}
__device__ __forceinline__ void add_products(float (&sums)[4][4], const std::uint32_t (&weights)[4],
                                             const std::uint32_t (&factors)[2][4]) {
#pragma unroll
  for (int q = 0; q < 4; ++q)
    mma_16x8x16(sums[q], weights, factors[q / 2][q % 2 * 2], factors[q / 2][q % 2 * 2 + 1]);
}

/// The warp's sums to partial [32 clips, pitch].
__device__ __forceinline__ void store_sums(float* partial, const float (&sums)[4][4], const team_thread& me) {
#pragma unroll
  for (int q = 0; q < 4; ++q)
#pragma unroll
    for (int r = 0; r < 4; ++r)
      partial[(8 * q + me.lane % 4 * 2 + r % 2) * partial_pitch + me.first_unit + me.lane / 4 + 8 * (r / 2)] =
          sums[q][r];
}

/// What the parts have summed up for the thread's units; `apart` from one part's partial to the next one's.
__device__ __forceinline__ void add_sums(float (&values)[4], const float* partial, int apart,
                                         const team_thread& me) {
#pragma unroll
  for (int part = 0; part < column_parts; ++part) {
    const float4 sums = load4(partial + part * apart + me.clip * partial_pitch + me.unit);
    values[0] += sums.x, values[1] += sums.y, values[2] += sums.z, values[3] += sums.w;
  }
}

__device__ __forceinline__ void load_units(float (&values)[4], const float* from, bool there) {
  const float4 four = there ? load4(from) : make_float4(0, 0, 0, 0);
  values[0] = four.x, values[1] = four.y, values[2] = four.z, values[3] = four.w;
}
template <class T>
__device__ __forceinline__ void store_units(T* to, const float (&values)[4]) {
  store4(to, make_float4(values[0], values[1], values[2], values[3]));
}

/// Rows [32 clips, Width] that the blocks of the team wrote, to shared memory [32 clips, Width + 8], where
/// they begin in different banks. Whole blocks only.
template <int Width>
__device__ __forceinline__ void fetch_rows(__nv_bfloat16* to, const __nv_bfloat16* from) {
  constexpr int vectors = Width / 8;  // of 16 bytes
  for (int i = threadIdx.x; i < team_clips * vectors; i += team_threads)
    cp_async_16(to + i / vectors * (Width + 8) + i % vectors * 8, from + i * 8);
  cp_async_commit();
  cp_async_wait<0>();
  __syncthreads();
}

struct zero_counter {
  unsigned* counters;
  __device__ void operator()(dim i) const { counters[i] = 0; }
};

// ---- forward ----

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

// ---- back ----

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

// ---- launchers ----

/// Calls launch(std::integral_constant<int, U>, blocks of a team, teams a direction, first clip, scratch
/// memory for the exchange of `Width` units of U, counters) for as many clips at once as there is room for.
/// False, and nothing is done, where there are no kernels for so many units or no room for a team.
template <class Bytes, class Launch>
bool in_teams(device& device, dim B, dim U, dim width, Bytes bytes_of, Launch launch) {
  const auto go = [&](auto units) {
    constexpr int blocks = units / team_units;
    const dim room = runtime::room_for_blocks(device.number(), bytes_of(units)) / (2 * blocks);
    if (room == 0) return false;
    auto scope = device.scope();
    const dim most = std::min<dim>(room, blocks_for(B, team_clips));
    auto* exchange = in_kernel(device.take<bfloat16>(most, 2, 2, team_clips, width).data);
    auto* counters = device.take<unsigned>(most, 2).data;
    for (dim begin = 0; begin < B; begin += most * team_clips) {
      const dim teams = std::min<dim>(most, blocks_for(B - begin, team_clips));
      for_elements("gru", device, 2 * teams, zero_counter{counters});
      launch(units, unsigned(blocks), dim3(unsigned(blocks * teams), 2), begin, exchange, counters);
    }
    return true;
  };
  if (B == 0) return false;
  if (U == 128) return go(std::integral_constant<int, 128>());
  if (U == 256) return go(std::integral_constant<int, 256>());
  if (U == 512) return go(std::integral_constant<int, 512>());
  return false;
}

bool all_aligned(std::initializer_list<const void*> tensors) {
  return std::ranges::all_of(tensors, [](const void* data) { return aligned_to(16, data); });
}

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

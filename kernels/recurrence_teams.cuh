// In:  the steps of a recurrence over 128, 256 or 512 units.  Out: how a team of blocks shares them out, on
// tensor cores.  Rests on: ptx, elements, the runtime's seam.
//
// What gru_teams.cuh and gru_back_teams.cuh have in common. A team has one direction of 32 clips; each of its
// blocks has 32 units, whose weights it reads once and keeps in registers, rounded to bfloat16, to the last
// step. What the blocks make of a step, the states on the way forward and the gradients of the gates on the
// way back, they exchange through the L2 cache, where it lies twice, for the step and the one after it: so
// one barrier of the team a step is enough.
//
// Of the 8 warps of a block two have the same quarter of the columns, 16 units each. Their sums meet in
// shared memory; then a thread has 4 units of a clip, whose state or gradient it keeps in float.
//
// Limits: as many blocks at once as the GPU has multiprocessors; more clips are done in turns.
#pragma once

#include <algorithm>
#include <initializer_list>

#include "device/elements.cuh"
#include "device/runtime.hpp"

namespace eev::cuda {
namespace {

// ---- in kernels ----

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

// ---- launches ----

/// Calls launch(std::integral_constant<int, U>, blocks of a team, teams a direction, first clip, scratch
/// memory for the exchange of `Width` units of U, counters) for as many clips at once as there is room for.
/// False, and nothing is done, where there are no kernels for so many units or no room for a team.
template <class Bytes, class Launch>
bool in_teams(device& device, dim B, dim U, dim width, Bytes bytes_of, Launch launch) {
  const auto go = [&](auto units) {
    constexpr int blocks = units / team_units;
    const dim room = runtime::room_for_blocks(device.number(), bytes_of(units));
    if (room < 2 * blocks) return false;
    auto scope = device.scope();
    const dim most = std::min<dim>(room / (2 * blocks), blocks_for(B, team_clips));
    auto* exchange = in_kernel(device.take<bfloat16>(most, 2, 2, team_clips, width).data);
    auto* counters = device.take<unsigned>(most, 2).data;
    for (dim begin = 0; begin < B; begin += most * team_clips) {
      const dim teams = std::min<dim>(most, blocks_for(B - begin, team_clips));
      for_elements("gru", device, 2 * teams, zero_counter{counters});
      device.begin_together(2 * blocks * teams, room, [&] {
        launch(units, unsigned(blocks), dim3(unsigned(blocks * teams), 2), begin, exchange, counters);
      });
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

}  // namespace
}  // namespace eev::cuda

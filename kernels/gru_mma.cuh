// In:  what gru() reads, weights in bfloat16.  Out: y, float or bfloat16.  Rests on: ptx, elements,
// activations.
//
// gru.cuh's kernel on tensor cores. A block has one direction of 8 or 16 clips and all units, a warp the
// tiles w, w + warps, ... of 16 units, all three gates of them: mma.sync multiplies W [16 units, 16] with h^T
// [16, 8 clips] and leaves the sums of a unit's three gates in the same lane, which makes the new state from
// them. The state is float in that lane's registers and bfloat16, as a factor, in shared memory, twice:
// before the step and after it.
//
// The weights come as a stream that never stops: they are laid out as the fragments that lanes hold, tile
// after tile, and each lane copies by cp.async the very 16 bytes that it will read, two stages ahead, over
// the ends of steps too, since weights do not wait for states.
//
// Limits: U <= 1024. Memory: 24 B T U bytes in, 2 B T U sizeof(Out) out; from the L2 cache 6 U^2 bytes (U
// rounded up to 16) a step and tile of clips, which is what bounds it. 12 B T U^2 FLOP.
#pragma once

#include "device/activations.cuh"
#include "device/elements.cuh"

namespace eev::cuda {
namespace {

// ---- kernels ----

constexpr int most_mma_warps = 16, mma_stages = 2, most_mma_units = 1024;

/// One lane's part of W [16, 16]: columns 2 place + 8 (r / 2) and the next of row group + 8 (r % 2), for
/// r = 0 .. 3.
struct alignas(16) weight_fragment {
  __nv_bfloat16 values[8];
};

/// Fragments [2, tiles of units, tiles of columns, 3 gates, 32 lanes] of the weights [3U, U] of each
/// direction, zero beyond U.
struct fragment_element {
  weight_fragment* fragments;
  const __nv_bfloat16 *forward, *reverse;
  int U, tiles;

  __device__ void operator()(dim i) const {
    const int lane = int(i % warp_lanes), group = lane / 4, place = lane % 4;
    const dim gate = i / warp_lanes % 3, k = i / warp_lanes / 3 % tiles, tile = i / warp_lanes / 3 / tiles;
    const __nv_bfloat16* from = tile < tiles ? forward : reverse;
    weight_fragment fragment;
    for (int r = 0; r < 4; ++r)
      for (int half = 0; half < 2; ++half) {
        const dim u = tile % tiles * 16 + group + 8 * (r % 2),
                  column = k * 16 + 2 * place + 8 * (r / 2) + half;
        fragment.values[2 * r + half] =
            u < U && column < U ? from[(gate * U + u) * U + column] : __float2bfloat16_rn(0);
      }
    fragments[i] = fragment;
  }
};

/// A warp's stream of fragments, as it lies in memory, again and again.
struct fragment_stream {
  const weight_fragment* tiles;  // this lane's, of the first tile of the warp
  weight_fragment* ring;         // this lane's [stages, 3 gates], 32 apart
  dim tile_step, left;           // from a tile of the warp to the next; stages not yet begun
  int columns, count;            // tiles of columns; tiles of the warp
  int column = 0, tile = 0, slot = 0;

  /// Begins to copy the next stage to the slot that was read last.
  __device__ void begin() {
    if (left > 0) {
      const weight_fragment* from = tiles + tile * tile_step + column * 3 * warp_lanes;
#pragma unroll
      for (int gate = 0; gate < 3; ++gate)
        cp_async_16(ring + (slot * 3 + gate) * warp_lanes, from + gate * warp_lanes);
      --left;
      if (++column == columns) column = 0, tile = tile + 1 == count ? 0 : tile + 1;
    }
    cp_async_commit();  // an empty group counts too
    slot = slot + 1 == mma_stages ? 0 : slot + 1;
  }

  /// The oldest stage. Its slot is free once the products that read it have begun.
  __device__ void read(std::uint32_t (&weights)[3][4]) const {
    cp_async_wait<mma_stages - 1>();
#pragma unroll
    for (int gate = 0; gate < 3; ++gate) {
      const uint4 words = *reinterpret_cast<const uint4*>(ring + (slot * 3 + gate) * warp_lanes);
      weights[gate][0] = words.x, weights[gate][1] = words.y;
      weights[gate][2] = words.z, weights[gate][3] = words.w;
    }
  }
};

/// The factors h^T [16, 8 Groups] of the columns that begin at `from`: 2 registers for each 8 clips.
template <int Groups>
__device__ __forceinline__ void load_states(std::uint32_t (&states)[2 * Groups], const __nv_bfloat16* from,
                                            int pitch) {
  const int lane = threadIdx.x % warp_lanes;
  ldmatrix(states, from + (lane % 8 + lane / 16 * 8) * pitch + lane / 8 % 2 * 8);
}

/// Tiles: of units, the most that a warp has. Groups: of 8 clips.
template <int Tiles, int Groups, class Out>
__global__ void __launch_bounds__(most_mma_warps* warp_lanes, 1)
    gru_on_tensor_cores(Out* y, const float* projected, const weight_fragment* fragments, const float* bias,
                        dim B, dim steps, int U) {
  SHARED_DYNAMIC(shared, weight_fragment);  // states [2, Clips, pitch], then the rings
  constexpr int Clips = 8 * Groups;
  const int warps = blockDim.x / warp_lanes, warp = threadIdx.x / warp_lanes, lane = threadIdx.x % warp_lanes;
  const int d = blockIdx.y, tiles = (U + 15) / 16, pitch = 16 * tiles + 8;  // rows begin in different banks
  const dim first = dim(blockIdx.x) * Clips;
  auto* states = reinterpret_cast<__nv_bfloat16*>(shared);
  for (int i = threadIdx.x; i < 2 * Clips * pitch; i += blockDim.x) states[i] = __float2bfloat16_rn(0);

  const int mine = (tiles - 1 - warp) / warps + 1;
  const dim tile_size = dim(tiles) * 3 * warp_lanes;
  fragment_stream stream{.tiles = fragments + (d * tiles + warp) * tile_size + lane,
                         .ring = shared + 2 * Clips * pitch / 8 + warp * mma_stages * 3 * warp_lanes + lane,
                         .tile_step = warps * tile_size,
                         .left = steps * mine * tiles,
                         .columns = tiles,
                         .count = mine};
#pragma unroll
  for (int i = 0; i < mma_stages; ++i) stream.begin();
  float state[Tiles][Groups][4] = {};
  __syncthreads();

  for (dim step = 0; step < steps; ++step) {
    const dim t = d == 0 ? step : steps - 1 - step;
    const __nv_bfloat16* h = states + step % 2 * Clips * pitch;
    __nv_bfloat16* next = states + (step + 1) % 2 * Clips * pitch;
#pragma unroll
    for (int i = 0; i < Tiles; ++i) {
      if (i >= mine) continue;  // the whole warp
      float sums[3][Groups][4] = {};
      for (int k = 0; k < tiles; ++k) {
        std::uint32_t weights[3][4], factors[2 * Groups];
        stream.read(weights);
        load_states<Groups>(factors, h + 16 * k, pitch);
#pragma unroll
        for (int gate = 0; gate < 3; ++gate)
#pragma unroll
          for (int q = 0; q < Groups; ++q)
            mma_16x8x16(sums[gate][q], weights[gate], factors[2 * q], factors[2 * q + 1]);
        stream.begin();
      }
#pragma unroll
      for (int q = 0; q < Groups; ++q)
#pragma unroll
        for (int r = 0; r < 4; ++r) {  // float r of a fragment of sums: a unit of a clip
          const int u = (warp + i * warps) * 16 + lane / 4 + 8 * (r / 2), b = 8 * q + lane % 4 * 2 + r % 2;
          if (u >= U || first + b >= B) continue;
          const dim place = ((first + b) * steps + t) * 2 + d;
          const float *input = projected + place * 3 * U + u, *plus = bias + d * 3 * U + u;
          const float reset = sigmoid_of(input[0] + (sums[0][q][r] + plus[0]));
          const float z = sigmoid_of(input[U] + (sums[1][q][r] + plus[U]));
          const float n = tanhf(input[2 * U] + reset * (sums[2][q][r] + plus[2 * U]));
          float& value = state[i][q][r];
          value = (1 - z) * n + z * value;
          store(next + b * pitch + u, value);
          store(y + place * U + u, value);
        }
    }
    __syncthreads();
  }
}

// ---- launcher ----

template <int Tiles, int Groups, class Out>
void launch_gru_tiles(device& device, Out* y, const float* projected, const weight_fragment* fragments,
                      const float* bias, dim B, dim steps, int U) {
  const int tiles = (U + 15) / 16, warps = std::min(tiles, most_mma_warps);
  const std::size_t bytes = 2 * 8 * Groups * (16 * tiles + 8) * sizeof(__nv_bfloat16) +
                            warps * mma_stages * 3 * warp_lanes * sizeof(weight_fragment);
  launch("gru", device, dim3(blocks_for(B, 8 * Groups), 2), warps * warp_lanes, bytes,
         gru_on_tensor_cores<Tiles, Groups, Out>, y, projected, fragments, bias, B, steps, U);
}

template <class Out>
void launch_gru_mma(device& device, Out* y, const float* projected,
                    const std::array<const __nv_bfloat16*, 2>& weight, const float* bias, dim B, dim steps,
                    dim U) {
  require(U <= most_mma_units, "gru: ", U, " units; in bfloat16 there may be ", most_mma_units);
  if (B == 0 || steps == 0 || U == 0) return;
  const dim tiles = (U + 15) / 16, count = 2 * tiles * tiles * 3 * warp_lanes;
  auto scope = device.scope();
  auto* fragments = device.take<weight_fragment>(count).data;
  for_elements("gru", device, count, fragment_element{fragments, weight[0], weight[1], int(U), int(tiles)});
  const auto go = [&](auto kernel) { kernel(device, y, projected, fragments, bias, B, steps, int(U)); };
  if (tiles > 2 * most_mma_warps) return go(launch_gru_tiles<4, 1, Out>);  // no room for more clips
  if (tiles > most_mma_warps) return go(B > 8 ? launch_gru_tiles<2, 2, Out> : launch_gru_tiles<2, 1, Out>);
  go(B > 8 ? launch_gru_tiles<1, 2, Out> : launch_gru_tiles<1, 1, Out>);
}

}  // namespace
}  // namespace eev::cuda

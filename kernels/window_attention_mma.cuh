// The bfloat16 kernel of window_attention.cuh. In: qkv, bias, a window_map. Out: y.
//
// 4 warps of 16 queries each, 49 tokens padded to 64. While one window is worked on, the next two are copied
// to shared memory. Lane l of a warp holds rows l / 4 and l / 4 + 8 of its warp's logits, columns 2 (l % 4)
// and the next of each 8 keys; so it holds their softmax as the second product wants to have its left factor,
// and they never leave the registers. The bias is read once a block, into registers.
#pragma once

#include <cmath>

#include "device/reduce.cuh"
#include "window_map.cuh"

namespace eev::cuda {
namespace {

constexpr int attention_warps = 4, attention_threads = attention_warps * warp_lanes;
constexpr int windows_a_block = 4;
constexpr int key_tiles = 7;  // of 8 keys: 56 hold the 49

/// One head of one window: 64 tokens of 4 pieces of 8 channels each.
struct attention_tile {
  uint4 query[64 * 4], key[64 * 4], value[64 * 4];
};

/// Where a piece lies: the same piece of 8 tokens, and 8 pieces of 2 tokens, are in different banks.
__device__ __forceinline__ int piece_at(int token, int piece) { return 4 * token + (piece ^ token / 2 % 4); }

/// The two tokens of each window that a thread copies, masks and stores: of its warp's 16, lane l has l / 4
/// and l / 4 + 8.
struct own_tokens {
  int token[2], row[2], column[2];

  __device__ own_tokens() {
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      token[half] = threadIdx.x / warp_lanes * 16 + threadIdx.x % warp_lanes / 4 + 8 * half;
      row[half] = valid(half) ? token[half] / attention_side : 0;  // the padding reads what is there
      column[half] = valid(half) ? token[half] % attention_side : 0;
    }
  }
  __device__ bool valid(int half) const { return token[half] < attention_tokens; }
};

/// A warp copies its 16 tokens, lane l piece l % 4 of its own; zeros beyond the 49th.
__device__ __forceinline__ void begin_copy(attention_tile& tile, const attention_head<__nv_bfloat16>& head,
                                           const window_map& map, const window_place& at,
                                           const own_tokens& own) {
#pragma unroll
  for (int half = 0; half < 2; ++half) {
    const int piece = threadIdx.x % 4, to = piece_at(own.token[half], piece);
    const bool valid = own.valid(half);
    const dim place = map.token(at, own.row[half], own.column[half]);
    cp_async_16(&tile.query[to], head.query(place) + 8 * piece, valid);
    cp_async_16(&tile.key[to], head.key(place) + 8 * piece, valid);
    cp_async_16(&tile.value[to], head.value(place) + 8 * piece, valid);
  }
}

/// logits += Q K^T for the warp's 16 queries.
__device__ __forceinline__ void add_query_key(float (&logits)[key_tiles][4], const attention_tile& tile,
                                              int first_query) {
  const int lane = threadIdx.x % warp_lanes;
  std::uint32_t query[2][4];  // channels 0 .. 15 and 16 .. 31
#pragma unroll
  for (int half = 0; half < 2; ++half)
    ldmatrix(query[half], &tile.query[piece_at(first_query + lane % 16, 2 * half + lane / 16)]);
#pragma unroll
  for (int j = 0; j < key_tiles; ++j) {
    std::uint32_t key[4];
    ldmatrix(key, &tile.key[piece_at(8 * j + lane % 8, lane / 8)]);
    mma_16x8x16(logits[j], query[0], key[0], key[1]);
    mma_16x8x16(logits[j], query[1], key[2], key[3]);
  }
}

/// weights = exp(scale (logits - their largest)) in place; returns the sums of the lane's two rows. `scale`
/// takes the power of 2 that exp2f wants.
__device__ __forceinline__ float2 exponentials(float (&logits)[key_tiles][4], float scale) {
  float total[2];
#pragma unroll
  for (int row = 0; row < 2; ++row) {
    float largest = -INFINITY;
#pragma unroll
    for (int j = 0; j < key_tiles; ++j)
      largest = fmaxf(largest, fmaxf(logits[j][2 * row], logits[j][2 * row + 1]));
    largest = quad_max(largest) * scale;
    float sum = 0;
#pragma unroll
    for (int j = 0; j < key_tiles; ++j)
#pragma unroll
      for (int r = 2 * row; r < 2 * row + 2; ++r) sum += logits[j][r] = exp2f(logits[j][r] * scale - largest);
    total[row] = quad_sum(sum);
  }
  return make_float2(total[0], total[1]);
}

/// sums += weights V for the warp's 16 queries.
__device__ __forceinline__ void add_weighted_values(float (&sums)[4][4], const float (&weights)[key_tiles][4],
                                                    const attention_tile& tile) {
  const int lane = threadIdx.x % warp_lanes;
#pragma unroll
  for (int step = 0; step < 4; ++step) {  // 16 keys each; the last 8 of the 64 weigh nothing
    std::uint32_t factor[4] = {};
#pragma unroll
    for (int r = 0; r < 4; ++r)
      if (const int j = 2 * step + r / 2; j < key_tiles)
        factor[r] = bfloat16_pair(weights[j][r % 2 * 2], weights[j][r % 2 * 2 + 1]);
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      std::uint32_t value[4];
      ldmatrix_transposed(value, &tile.value[piece_at(16 * step + lane % 16, 2 * half + lane / 16)]);
      mma_16x8x16(sums[2 * half], factor, value[0], value[1]);
      mma_16x8x16(sums[2 * half + 1], factor, value[2], value[3]);
    }
  }
}

/// Block: head blockIdx.x % heads of the windows from blockIdx.x / heads * windows_a_block on.
__global__ void __launch_bounds__(attention_threads, 4)
    window_attention_mma(__nv_bfloat16* y, const __nv_bfloat16* qkv, const float* bias, window_map map,
                         int windows, int heads, float scale) {
  SHARED(tiles, attention_tile[3]);
  const attention_head<__nv_bfloat16> head{y, qkv, heads * attention_width, int(blockIdx.x) % heads};
  const int lane = threadIdx.x % warp_lanes, first_query = threadIdx.x / warp_lanes * 16;
  const int begin = int(blockIdx.x) / heads * windows_a_block,
            end = begin + windows_a_block < windows ? begin + windows_a_block : windows;
  const own_tokens own;
  const float log2e_scale = scale * 1.44269504f, unscaled = 1 / scale,
              unscaled_mask = masked_logit * unscaled;

  // The bias as the products' starting values; keys beyond the 49th get no weight.
  float start[key_tiles][4];
#pragma unroll
  for (int j = 0; j < key_tiles; ++j)
#pragma unroll
    for (int r = 0; r < 4; ++r) {
      const int query = first_query + lane / 4 + 8 * (r / 2), key = 8 * j + lane % 4 * 2 + r % 2;
      start[j][r] = key >= attention_tokens ? -INFINITY
                    : query >= attention_tokens
                        ? 0
                        : bias[(head.head * attention_tokens + query) * attention_tokens + key] * unscaled;
    }

  window_place at = map.find(begin), coming = at;
  const auto copy = [&](int window) {
    if (window < end) begin_copy(tiles[(window - begin) % 3], head, map, coming, own);
    cp_async_commit();
    coming = map.after(coming);
  };
  copy(begin);
  copy(begin + 1);
  for (int window = begin; window < end; ++window, at = map.after(at)) {
    attention_tile& tile = tiles[(window - begin) % 3];
    cp_async_wait<1>();  // this window is there, the next one need not be
    __syncthreads();     // for everybody, and nobody needs the one before any more
    copy(window + 2);

    float logits[key_tiles][4], sums[4][4] = {};
#pragma unroll
    for (int j = 0; j < key_tiles; ++j)
#pragma unroll
      for (int r = 0; r < 4; ++r) logits[j][r] = start[j][r];
    add_query_key(logits, tile, first_query);
#pragma unroll
    for (int row = 0; row < 2; ++row)
      if (const std::uint64_t masked = map.masked(at, own.token[row]) >> lane % 4 * 2)
#pragma unroll
        for (int j = 0; j < key_tiles; ++j)
#pragma unroll
          for (int r = 0; r < 2; ++r)
            if (masked >> (8 * j + r) & 1) logits[j][2 * row + r] += unscaled_mask;
    const float2 total = exponentials(logits, log2e_scale);
    add_weighted_values(sums, logits, tile);

    // Through the place of the warp's queries, so that whole pieces are stored.
    __syncwarp();
#pragma unroll
    for (int j = 0; j < 4; ++j)
#pragma unroll
      for (int row = 0; row < 2; ++row) {
        const float factor = 1 / (row == 0 ? total.x : total.y);
        auto* words = reinterpret_cast<std::uint32_t*>(&tile.query[piece_at(own.token[row], j)]);
        words[lane % 4] = bfloat16_pair(sums[j][2 * row] * factor, sums[j][2 * row + 1] * factor);
      }
    __syncwarp();
#pragma unroll
    for (int half = 0; half < 2; ++half)
      if (own.valid(half))
        reinterpret_cast<uint4*>(head.out(map.token(at, own.row[half], own.column[half])))[lane % 4] =
            tile.query[piece_at(own.token[half], lane % 4)];
  }
}

}  // namespace
}  // namespace eev::cuda

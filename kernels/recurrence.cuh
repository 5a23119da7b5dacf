// In:  a tile of clips, whose state stands in shared memory, and weights.  Out: the products that one step of
// a recurrence adds; how clips and units are shared out.  Rests on: device/primitives.
//
// What gru.cuh and gru_backward.cuh have in common. A block has one direction of a tile of clips from the
// first step to the last, all units of it, and reads the weights anew at every step: they come from the L2
// cache, and the larger the tile, the fewer blocks ask for them. A thread has a unit (or the units u,
// u + threads, ...) for all clips of the tile. No block waits for another one.
#pragma once

#include "device/primitives.cuh"

namespace eev::cuda {
namespace {

constexpr int most_recurrence_threads = 512;
constexpr std::size_t most_dynamic_shared = 99 * 1024;  // of a block, from compute capability 8.0 on

inline unsigned recurrence_threads(dim U) {
  return unsigned(std::min<dim>(most_recurrence_threads, blocks_for(U, warp_lanes) * warp_lanes));
}

/// From one clip's row to the next one's in shared memory: whole vectors of 4.
__host__ __device__ inline int shared_pitch(int width) { return (width + 3) / 4 * 4; }

/// sums[i][b] += sum over k of weight[k * step + i * apart] rows[b, k], in the order of k.
template <int Sums, int Clips>
__device__ __forceinline__ void add_products(float (&sums)[Sums][Clips], const float* weight, dim step,
                                             dim apart, const float* rows, int pitch, int K) {
  int k = 0;
#pragma unroll(Sums == 1 ? 4 : 2)
  for (; k + 4 <= K; k += 4) {
    float factors[4][Sums];
#pragma unroll
    for (int j = 0; j < 4; ++j)
#pragma unroll
      for (int i = 0; i < Sums; ++i) factors[j][i] = __ldg(weight + (k + j) * step + i * apart);
#pragma unroll
    for (int b = 0; b < Clips; ++b) {
      const float4 row = load4(rows + b * pitch + k);
#pragma unroll
      for (int i = 0; i < Sums; ++i) {
        sums[i][b] += factors[0][i] * row.x;
        sums[i][b] += factors[1][i] * row.y;
        sums[i][b] += factors[2][i] * row.z;
        sums[i][b] += factors[3][i] * row.w;
      }
    }
  }
  for (; k < K; ++k)
#pragma unroll
    for (int i = 0; i < Sums; ++i) {
      const float factor = __ldg(weight + k * step + i * apart);
#pragma unroll
      for (int b = 0; b < Clips; ++b) sums[i][b] += factor * rows[b * pitch + k];
    }
}

/// Calls use(std::integral_constant<int, Clips>) with the number of clips of a tile, at most 8: as many as
/// there are, as long as `bytes_of_clip` for each fit into shared memory.
template <int Clips = 1, class Use>
void with_clips(const char* name, dim B, std::size_t bytes_of_clip, dim U, Use use) {
  require(bytes_of_clip <= most_dynamic_shared, name, ": ", U, " units need ", bytes_of_clip,
          " bytes of shared memory; a block has ", most_dynamic_shared);
  if constexpr (Clips < 8)
    if (B > Clips && 2 * Clips * bytes_of_clip <= most_dynamic_shared)
      return with_clips<2 * Clips>(name, B, bytes_of_clip, U, use);
  use(std::integral_constant<int, Clips>());
}

}  // namespace
}  // namespace eev::cuda

// In:  rows y [R, N] that a library computed, bias [N].  Out: y with the bias and GELU; the bias as a library
// adds it.  Rests on: device/primitives.
//
// For the GELU that the library does not have (linear.cuh): a warp has a row of y, lane l the vectors of 4
// values l, l + 32, ... (single values where N or an address is not a multiple of 4 values); 8 rows a block.
// The libraries' bias has the type of y: one for bfloat16 that the device has not kept rounded is rounded
// into scratch memory first, a thread a value.
//
// Memory of GELU: 2 R N sizeof(T) bytes, some 20 FLOP a value: bound by memory.
#pragma once

#include "device/primitives.cuh"

namespace eev::cuda {
namespace {

// ---- kernels ----

constexpr int gelu_warps = 8, rounding_threads = 256;

__device__ __forceinline__ float gelu(float x) { return 0.5f * x * (1.0f + erff(x * 0.70710678f)); }

/// `bias` may be null.
template <bool Whole, class T>
__global__ void __launch_bounds__(gelu_warps* warp_lanes) bias_gelu(T* y, const float* bias, dim R, int N) {
  const dim r = dim(blockIdx.x) * gelu_warps + threadIdx.x / warp_lanes;
  if (r >= R) return;
  T* row = y + r * N;
  if constexpr (Whole) {
    for (int n = 4 * (threadIdx.x % warp_lanes); n < N; n += 4 * warp_lanes) {
      const float4 v = load4(row + n), b = bias ? load4(bias + n) : make_float4(0, 0, 0, 0);
      store4(row + n, make_float4(gelu(v.x + b.x), gelu(v.y + b.y), gelu(v.z + b.z), gelu(v.w + b.w)));
    }
  } else {
    for (int n = threadIdx.x % warp_lanes; n < N; n += warp_lanes)
      store(row + n, gelu(load(row + n) + (bias ? bias[n] : 0.0f)));
  }
}

__global__ void __launch_bounds__(rounding_threads)
    round_values(__nv_bfloat16* to, const float* from, int count) {
  const int i = blockIdx.x * rounding_threads + threadIdx.x;
  if (i < count) store(to + i, from[i]);
}

// ---- launchers ----

template <class T>
void launch_bias_gelu(device& device, T* y, const float* bias, dim R, dim N) {
  const bool whole = N % 4 == 0 && aligned_to(4 * sizeof(T), y) && aligned_to(16, bias);
  launch("bias_gelu", device, blocks_for(R, gelu_warps), gelu_warps * warp_lanes, 0,
         whole ? bias_gelu<true, T> : bias_gelu<false, T>, y, bias, R, int(N));
}

/// The bias as a library adds it to values of type T; null if there is none.
template <class T>
const void* bias_as(device& device, view<const float, 1> bias) {
  if (!bias.data || std::is_same_v<T, float>) return bias.data;
  if (const bfloat16* kept = device.rounded(bias.data)) return kept;
  const auto rounded = device.take<bfloat16>(bias.size());
  launch("round_values", device, blocks_for(bias.size(), rounding_threads), rounding_threads, 0, round_values,
         in_kernel(rounded.data), bias.data, int(bias.size()));
  return rounded.data;
}

}  // namespace
}  // namespace eev::cuda

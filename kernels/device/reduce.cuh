// In:  a value of each thread.  Out: their sum or maximum, in all threads.  Rests on: primitives.
//
// The order of summation is fixed, so the same values give the same bits.
#pragma once

#include "primitives.cuh"

namespace eev::cuda {

template <class T>
__device__ __forceinline__ T warp_sum(T value) {
#pragma unroll
  for (int bit = warp_lanes / 2; bit > 0; bit /= 2) value += __shfl_xor_sync(whole_warp, value, bit);
  return value;
}

/// Over the 4 lanes of each quad, which share the rows of a matrix product's result.
__device__ __forceinline__ float quad_sum(float value) {
  value += __shfl_xor_sync(whole_warp, value, 1);
  return value + __shfl_xor_sync(whole_warp, value, 2);
}
__device__ __forceinline__ float quad_max(float value) {
  value = fmaxf(value, __shfl_xor_sync(whole_warp, value, 1));
  return fmaxf(value, __shfl_xor_sync(whole_warp, value, 2));
}

/// Over a block of Warps whole warps. `partial` is the block's; it may be used again at once.
template <class T, int Warps>
__device__ T block_sum(T value, T (&partial)[Warps]) {
  value = warp_sum(value);
  __syncthreads();  // everybody has read the sums of the call before
  if (threadIdx.x % warp_lanes == 0) partial[threadIdx.x / warp_lanes] = value;
  __syncthreads();
  T sum = 0;
#pragma unroll
  for (T part : partial) sum += part;
  return sum;
}

}  // namespace eev::cuda

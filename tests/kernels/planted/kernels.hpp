// In:  the name of a mistake.  Out: a small kernel that makes it, or, not Planted, does the same rightly.
// Rests on: the kernel runner.
//
// The mistakes that people make in kernels, one each. All kernels run in blocks of 64 threads, two warps.
#pragma once

#include "../runner/runner.hpp"

namespace eev::planted {

inline constexpr int threads = 64;
inline constexpr unsigned whole_warp = 0xffffffffu;

/// The sum over a warp, in all lanes.
inline float warp_sum(float value) {
  for (int bit = 16; bit > 0; bit /= 2) value += __shfl_xor_sync(whole_warp, value, bit);
  return value;
}

/// y[i] = sum of x + sum of x^2, over the block's 64 values. The warps' sums lie in the same place twice: the
/// second ones may not be written before everybody has read the first.
template <bool Planted>
__global__ void write_after_read(float* y, const float* x, int) {
  SHARED(partial, float[2]);
  const int i = threadIdx.x, warp = i / 32, lane = i % 32;
  float sum = warp_sum(x[i]);
  if (lane == 0) partial[warp] = sum;
  __syncthreads();
  const float first = partial[0] + partial[1];
  sum = warp_sum(x[i] * x[i]);
  if (!Planted) __syncthreads();
  if (lane == 0) partial[warp] = sum;
  __syncthreads();
  y[i] = first + partial[0] + partial[1];
}

/// y[i] = 2 x[i], n values.
template <bool Planted>
__global__ void past_the_end(float* y, const float* x, int n) {
  const int i = blockIdx.x * threads + threadIdx.x;
  if (i < n + Planted) y[i] = 2 * x[std::min(i, n - 1)];
}

/// y[i] = x[n - 1 - i], n values of one block.
template <bool Planted>
__global__ void early_return(float* y, const float* x, int n) {
  SHARED(values, float[threads]);
  const int i = threadIdx.x;
  if (Planted && i >= n) return;
  if (i < n) values[i] = x[i];
  __syncthreads();
  if (i < n) y[i] = values[n - 1 - i];
}

/// y[i] = sum of the n values of x: the last tile is ragged.
template <bool Planted>
__global__ void ragged_tail(float* y, const float* x, int n) {
  SHARED(tile, float[threads]);
  const int i = threadIdx.x;
  if (!Planted || i < n) tile[i] = i < n ? x[i] : 0;
  __syncthreads();
  float sum = 0;
  for (float value : tile) sum += value;
  y[i] = sum;
}

/// y[i] = x[i] + x[i + 1], the last one twice itself.
template <bool Planted>
__global__ void past_shared(float* y, const float* x, int) {
  SHARED(values, float[threads]);
  const int i = threadIdx.x;
  values[i] = x[i];
  __syncthreads();
  const float* next = values;
  y[i] = values[i] + next[Planted ? i + 1 : std::min(i + 1, threads - 1)];
}

/// y[i] = x[i]. The mistake reads 64 rows further down.
template <bool Planted>
__global__ void far_past_shared(float* y, const float* x, int) {
  SHARED(values, float[threads]);
  const int i = threadIdx.x;
  values[i] = x[i];
  __syncthreads();
  const float* rows = values;
  y[i] = rows[Planted ? i + 64 * threads : i];
}

/// y[i] = sum of all tiles of 64 values; each tile takes the place of the one before.
template <bool Planted>
__global__ void tile_rewritten(float* y, const float* x, int n) {
  SHARED(tile, float[threads]);
  const int i = threadIdx.x;
  float sum = 0;
  for (int begin = 0; begin < n; begin += threads) {
    tile[i] = begin + i < n ? x[begin + i] : 0;
    __syncthreads();
    for (float value : tile) sum += value;
    if (!Planted) __syncthreads();
  }
  y[i] = sum;
}

/// y[i] = x[63 - i], by way of shared memory.
template <bool Planted>
__global__ void read_before_written(float* y, const float* x, int) {
  SHARED(values, float[threads]);
  const int i = threadIdx.x;
  values[i] = x[i];
  if (!Planted) __syncthreads();
  y[i] = values[threads - 1 - i];
}

/// y[i] = sum of the n values of x.
template <bool Planted>
__global__ void divergent_shuffle(float* y, const float* x, int n) {
  SHARED(partial, float[2]);
  const int i = threadIdx.x;
  float sum = i < n ? x[i] : 0;
  if (!Planted || i < n) sum = warp_sum(sum);
  if (i % 32 == 0) partial[i / 32] = sum;
  __syncthreads();
  y[i] = partial[0] + partial[1];
}

/// y[i] = x[i] + x[i + 256]: two groups of copies, four values a thread each.
template <bool Planted>
__global__ void wait_too_short(float* y, const float* x, int) {
  SHARED(values, float[2 * 4 * threads]);
  const int i = threadIdx.x;
  for (int half = 0; half < 2; ++half) {
    cuda::cp_async_16(&values[4 * (half * threads + i)], x + 4 * (half * threads + i));
    cuda::cp_async_commit();
  }
  cuda::cp_async_wait<Planted ? 1 : 0>();
  __syncthreads();
  for (int k = 0; k < 4; ++k) y[4 * i + k] = values[4 * i + k] + values[4 * (threads + i) + k];
}

/// y[i] = x[255 - i] + x[511 - i], four values a thread: the second copies may not be begun before everybody
/// has read what the first ones brought.
template <bool Planted>
__global__ void copied_over(float* y, const float* x, int) {
  SHARED(values, float[4 * threads]);
  const int first = 4 * threadIdx.x;
  float sums[4] = {};
  for (int half = 0; half < 2; ++half) {
    cuda::cp_async_16(&values[first], x + 4 * half * threads + first);
    cuda::cp_async_commit();
    cuda::cp_async_wait<0>();
    __syncthreads();
    for (int k = 0; k < 4; ++k) sums[k] += values[4 * threads - 1 - first - k];
    if (!Planted) __syncthreads();
  }
  for (int k = 0; k < 4; ++k) y[first + k] = sums[k];
}

/// y[i] = x[i ^ 1], by way of shared memory that only this warp uses.
template <bool Planted>
__global__ void warp_not_met(float* y, const float* x, int) {
  SHARED(values, float[threads]);
  const int i = threadIdx.x;
  values[i] = x[i];
  if (!Planted) __syncwarp();
  y[i] = values[i ^ 1];
}

/// y[i] = x[i]; several blocks write the same place, if only the same value.
template <bool Planted>
__global__ void blocks_overlap(float* y, const float* x, int) {
  if (Planted || blockIdx.x == 0) y[threadIdx.x] = x[threadIdx.x];
}

}  // namespace eev::planted

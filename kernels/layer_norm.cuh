// Spec: reference/layer_norm.hpp. In: rows x [R, C], gain [C], bias [C]. Out: rows y [R, C], float or
// bfloat16.
//
// Rows of up to 2048 values in whole vectors of 4: a warp has a row, lane l the vectors l, l + 32, ...; the
// row stays in registers, so each value is read once. 8 rows a block. Of up to 4096 values: the same, but the
// block has a row. Other rows: a block has a row, thread t the values t, t + 256, ...; the row is read three
// times, mostly from the cache.
//
// Limits: R below 2^31. Memory: 4 R C bytes in, R C sizeof(T) out. 8 R C FLOP: bound by memory.
#pragma once

#include <eev/cuda/layer_norm.hpp>

#include "device/reduce.cuh"
#include "device/rows.cuh"

namespace eev::cuda {
namespace {

// ---- kernels ----

constexpr int norm_warps = 8, norm_threads = norm_warps * warp_lanes;
constexpr int block_vectors = 4;  // a thread's, of 4 values each, where the block has a row

/// Rows whose values lie one after the other: x(r, c) points to value c of row r.
struct plain_rows {
  const float* x;
  int C;
  __device__ const float* operator()(dim r, int c) const { return x + r * C + c; }
};

/// The sum over the threads that have a row: a warp's, or the block's.
template <int Threads>
__device__ __forceinline__ float sum_of_row(float value) {
  if constexpr (Threads == warp_lanes) {
    return warp_sum(value);
  } else {
    SHARED(partial, float[norm_warps]);
    return block_sum(value, partial);
  }
}

/// So many threads have a row, each holds up to Vectors vectors of it. Four values from a multiple of 4 on
/// lie side by side.
template <int Threads, int Vectors, class T, class Rows>
__global__ void __launch_bounds__(norm_threads)
    layer_norm_in_registers(T* y, Rows x, const float* gain, const float* bias, dim R, int C, float epsilon) {
  const int first = threadIdx.x % Threads;
  const dim r = dim(blockIdx.x) * (norm_threads / Threads) + threadIdx.x / Threads;
  if (r >= R) return;  // the whole warp; a block has a row

  float4 values[Vectors];
  float sum = 0;
#pragma unroll
  for (int i = 0; i < Vectors; ++i) {
    const int c = 4 * (first + i * Threads);
    values[i] = c < C ? load4(x(r, c)) : make_float4(0, 0, 0, 0);
    sum += (values[i].x + values[i].y) + (values[i].z + values[i].w);
  }
  const float mean = sum_of_row<Threads>(sum) / float(C);

  float squares = 0;
#pragma unroll
  for (int i = 0; i < Vectors; ++i) {
    const int c = 4 * (first + i * Threads);
    if (c >= C) continue;
    const float4 v =
        make_float4(values[i].x - mean, values[i].y - mean, values[i].z - mean, values[i].w - mean);
    squares += (v.x * v.x + v.y * v.y) + (v.z * v.z + v.w * v.w);
  }
  const float scale = rsqrtf(sum_of_row<Threads>(squares) / float(C) + epsilon);

#pragma unroll
  for (int i = 0; i < Vectors; ++i) {
    const int c = 4 * (first + i * Threads);
    if (c >= C) continue;
    const float4 v = values[i], g = load4(gain + c), b = load4(bias + c);
    store4(y + r * C + c, make_float4((v.x - mean) * scale * g.x + b.x, (v.y - mean) * scale * g.y + b.y,
                                      (v.z - mean) * scale * g.z + b.z, (v.w - mean) * scale * g.w + b.w));
  }
}

/// Any C and any alignment.
template <class T, class Rows>
__global__ void __launch_bounds__(norm_threads)
    layer_norm_in_passes(T* y, Rows x, const float* gain, const float* bias, dim /*R*/, int C,
                         float epsilon) {
  SHARED(partial, float[norm_warps]);
  const dim r = blockIdx.x;
  const int first = threadIdx.x;

  float sum = 0;
  for (int c = first; c < C; c += norm_threads) sum += *x(r, c);
  const float mean = block_sum(sum, partial) / float(C);

  float squares = 0;
  for (int c = first; c < C; c += norm_threads) squares += (*x(r, c) - mean) * (*x(r, c) - mean);
  const float scale = rsqrtf(block_sum(squares, partial) / float(C) + epsilon);

  for (int c = first; c < C; c += norm_threads)
    store(y + r * C + c, (*x(r, c) - mean) * scale * gain[c] + bias[c]);
}

// ---- launcher ----

/// `whole`: the rows can be read four values at a time.
template <class T, class Rows>
void launch_layer_norm(const char* name, device& device, T* y, const Rows& x, bool whole, const float* gain,
                       const float* bias, dim R, int C, float epsilon) {
  whole = whole && C % 4 == 0 && aligned_to(16, gain) && aligned_to(16, bias) && aligned_to(4 * sizeof(T), y);
  const auto start = [&](dim blocks, auto* kernel) {
    launch(name, device, unsigned(blocks), norm_threads, 0, kernel, y, x, gain, bias, R, C, epsilon);
  };
  if (whole && C <= most_warp_values)
    with_lane_vectors(C, [&](auto vectors) {
      start(blocks_for(R, norm_warps), layer_norm_in_registers<warp_lanes, vectors(), T, Rows>);
    });
  else if (whole && C <= 4 * norm_threads * block_vectors)
    start(R, layer_norm_in_registers<norm_threads, block_vectors, T, Rows>);
  else
    start(R, layer_norm_in_passes<T, Rows>);
}

template <class T>
void layer_norm_rows(device& device, view<T, 2> y, view<const float, 2> x, view<const float, 1> gain,
                     view<const float, 1> bias, float epsilon) {
  const auto [R, C] = x.shape;
  require(y.shape == x.shape && gain.shape[0] == C && bias.shape[0] == C, "layer_norm: y ", y.shape, ", x ",
          x.shape, ", gain ", gain.shape, ", bias ", bias.shape, "; expected y like x, gain and bias [", C,
          "]");
  if (y.size() == 0) return;
  launch_layer_norm("layer_norm", device, in_kernel(y.data), plain_rows{x.data, int(C)},
                    aligned_to(16, x.data), gain.data, bias.data, R, int(C), epsilon);
}

}  // namespace

void layer_norm(device& device, view<float, 2> y, view<const float, 2> x, view<const float, 1> gain,
                view<const float, 1> bias, float epsilon) {
  layer_norm_rows(device, y, x, gain, bias, epsilon);
}
void layer_norm(device& device, view<bfloat16, 2> y, view<const float, 2> x, view<const float, 1> gain,
                view<const float, 1> bias, float epsilon) {
  layer_norm_rows(device, y, x, gain, bias, epsilon);
}

}  // namespace eev::cuda

// Spec: reference/unit_rows.hpp. In: rows x [R, C], and dy and y [R, C] on the way back. Out: y or dx [R, C].
//
// A warp has a row. Rows of up to 2048 values in whole vectors of 4: lane l has the vectors l, l + 32, ...,
// which stay in registers. Other rows: lane l has the columns l, l + 32, ..., and reads them twice. Limits: R
// below 2^31. Memory: 4 R C bytes in, 4 R C out; on the way back 12 R C in.
#pragma once

#include <eev/cuda/unit_rows.hpp>

#include "device/elements.cuh"
#include "device/reduce.cuh"
#include "device/rows.cuh"

namespace eev::cuda {
namespace {

// ---- kernels ----

constexpr int unit_warps = 4, unit_threads = unit_warps * warp_lanes;

__device__ __forceinline__ float norm_of(float squares) {
  const float norm = sqrtf(squares);
  return norm < 1e-12f ? 1e-12f : norm;  // a not-a-number stays
}

// ---- whole vectors in registers ----

/// A lane's vectors of a row [C]; zeros behind its end.
template <int Vectors>
struct part_of_row {
  pack<4> vectors[Vectors];

  __device__ part_of_row(const float* row, dim C) {
#pragma unroll
    for (int i = 0; i < Vectors; ++i) vectors[i] = column(i) < C ? load_pack<4>(row + column(i)) : pack<4>{};
  }

  /// Where vector i of the lane begins in the row.
  __device__ static int column(int i) { return 4 * (threadIdx.x % warp_lanes + i * warp_lanes); }
};

/// The sum of a[c] b[c] over the columns of a warp's row, in all lanes.
template <int Vectors>
__device__ __forceinline__ float product_of_parts(const part_of_row<Vectors>& a,
                                                  const part_of_row<Vectors>& b) {
  float sum = 0;
#pragma unroll
  for (int i = 0; i < Vectors; ++i)
#pragma unroll
    for (int k = 0; k < 4; ++k) sum += a.vectors[i][k] * b.vectors[i][k];
  return warp_sum(sum);
}

template <int Vectors>
__global__ void __launch_bounds__(unit_threads)
    scale_rows_in_registers(float* y, const float* x, dim R, dim C, float length) {
  const dim r = dim(blockIdx.x) * unit_warps + threadIdx.x / warp_lanes;
  if (r >= R) return;  // the whole warp
  const part_of_row<Vectors> row(x + r * C, C);
  const float scale = length / norm_of(product_of_parts(row, row));
#pragma unroll
  for (int i = 0; i < Vectors; ++i)
    if (const int c = row.column(i); c < C)
      store_pack(y + r * C + c, make_pack<4>([&](int k) { return scale * row.vectors[i][k]; }));
}

template <int Vectors>
__global__ void __launch_bounds__(unit_threads)
    scale_rows_in_registers_backward(float* dx, const float* dy, const float* y, const float* x, dim R, dim C,
                                     float length, bool add) {
  const dim r = dim(blockIdx.x) * unit_warps + threadIdx.x / warp_lanes;
  if (r >= R) return;  // the whole warp
  const part_of_row<Vectors> row(x + r * C, C), gradient(dy + r * C, C), unit(y + r * C, C);
  const float norm = norm_of(product_of_parts(row, row)), scale = length / norm,
              along = product_of_parts(unit, gradient) / (length * norm);
#pragma unroll
  for (int i = 0; i < Vectors; ++i)
    if (const int c = row.column(i); c < C) {
      const auto before = add ? load_pack<4>(dx + r * C + c) : pack<4>{};
      store_pack(dx + r * C + c, make_pack<4>([&](int k) {
                   return before[k] + (scale * gradient.vectors[i][k] - along * unit.vectors[i][k]);
                 }));
    }
}

// ---- any rows ----

/// The sum of a[c] b[c] over the columns of a warp's row, in all lanes.
__device__ float product_of_rows(const float* a, const float* b, dim C) {
  float sum = 0;
  for (dim c = threadIdx.x % warp_lanes; c < C; c += warp_lanes) sum += a[c] * b[c];
  return warp_sum(sum);
}

__global__ void __launch_bounds__(unit_threads)
    scale_rows(float* y, const float* x, dim R, dim C, float length) {
  const dim r = dim(blockIdx.x) * unit_warps + threadIdx.x / warp_lanes;
  if (r >= R) return;  // the whole warp
  x += r * C, y += r * C;
  const float scale = length / norm_of(product_of_rows(x, x, C));
  for (dim c = threadIdx.x % warp_lanes; c < C; c += warp_lanes) y[c] = scale * x[c];
}

__global__ void __launch_bounds__(unit_threads)
    scale_rows_backward(float* dx, const float* dy, const float* y, const float* x, dim R, dim C,
                        float length, bool add) {
  const dim r = dim(blockIdx.x) * unit_warps + threadIdx.x / warp_lanes;
  if (r >= R) return;  // the whole warp
  dx += r * C, dy += r * C, y += r * C, x += r * C;
  const float norm = norm_of(product_of_rows(x, x, C)), along = product_of_rows(y, dy, C) / (length * norm);
  for (dim c = threadIdx.x % warp_lanes; c < C; c += warp_lanes) {
    const float gradient = length / norm * dy[c] - along * y[c];
    dx[c] = add ? dx[c] + gradient : gradient;
  }
}

}  // namespace

// ---- launchers ----

void unit_rows(device& device, view<float, 2> y, view<const float, 2> x, double length) {
  require(y.shape == x.shape, "unit_rows: y ", y.shape, ", x ", x.shape, "; expected y like x");
  const auto [R, C] = x.shape;
  if (y.size() == 0) return;
  const auto start = [&](auto* kernel) {
    launch("unit_rows", device, blocks_for(R, unit_warps), unit_threads, 0, kernel, y.data, x.data, R, C,
           float(length));
  };
  if (C % 4 == 0 && C <= most_warp_values && whole_packs(y.data, x.data))
    with_lane_vectors(C, [&](auto vectors) { start(scale_rows_in_registers<vectors()>); });
  else
    start(scale_rows);
}

void unit_rows_backward(device& device, view<float, 2> dx, view<const float, 2> dy, view<const float, 2> y,
                        view<const float, 2> x, double length, epilogue after) {
  require(dx.shape == x.shape && dy.shape == x.shape && y.shape == x.shape, "unit_rows_backward: dx ",
          dx.shape, ", dy ", dy.shape, ", y ", y.shape, ", x ", x.shape,
          "; expected the same shape four times");
  const auto [R, C] = x.shape;
  if (dx.size() == 0) return;
  const auto start = [&](auto* kernel) {
    launch("unit_rows_backward", device, blocks_for(R, unit_warps), unit_threads, 0, kernel, dx.data, dy.data,
           y.data, x.data, R, C, float(length), after == epilogue::add);
  };
  if (C % 4 == 0 && C <= most_warp_values && whole_packs(dx.data, dy.data, y.data, x.data))
    with_lane_vectors(C, [&](auto vectors) { start(scale_rows_in_registers_backward<vectors()>); });
  else
    start(scale_rows_backward);
}

}  // namespace eev::cuda

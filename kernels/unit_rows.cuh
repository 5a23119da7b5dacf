// Spec: reference/unit_rows.hpp. In: rows x [R, C], and dy and y [R, C] on the way back. Out: y or dx [R, C].
//
// A warp has a row, lane l the columns l, l + 32, ...; it reads the row twice. Limits: R below 2^31. Memory:
// 4 R C bytes in, 4 R C out; on the way back 12 R C in.
#pragma once

#include <eev/cuda/unit_rows.hpp>

#include "device/reduce.cuh"

namespace eev::cuda {
namespace {

// ---- kernels ----

constexpr int unit_warps = 4, unit_threads = unit_warps * warp_lanes;

/// The sum of a[c] b[c] over the columns of a warp's row, in all lanes.
__device__ float product_of_rows(const float* a, const float* b, dim C) {
  float sum = 0;
  for (dim c = threadIdx.x % warp_lanes; c < C; c += warp_lanes) sum += a[c] * b[c];
  return warp_sum(sum);
}

__device__ float norm_of_row(const float* x, dim C) {
  const float norm = sqrtf(product_of_rows(x, x, C));
  return norm < 1e-12f ? 1e-12f : norm;  // a not-a-number stays
}

__global__ void __launch_bounds__(unit_threads)
    scale_rows(float* y, const float* x, dim R, dim C, float length) {
  const dim r = dim(blockIdx.x) * unit_warps + threadIdx.x / warp_lanes;
  if (r >= R) return;  // the whole warp
  const float scale = length / norm_of_row(x + r * C, C);
  for (dim c = threadIdx.x % warp_lanes; c < C; c += warp_lanes) y[r * C + c] = scale * x[r * C + c];
}

__global__ void __launch_bounds__(unit_threads)
    scale_rows_backward(float* dx, const float* dy, const float* y, const float* x, dim R, dim C,
                        float length, bool add) {
  const dim r = dim(blockIdx.x) * unit_warps + threadIdx.x / warp_lanes;
  if (r >= R) return;  // the whole warp
  dx += r * C, dy += r * C, y += r * C;
  const float norm = norm_of_row(x + r * C, C), along = product_of_rows(y, dy, C) / (length * norm);
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
  if (R > 0)
    launch("unit_rows", device, blocks_for(R, unit_warps), unit_threads, 0, scale_rows, y.data, x.data, R, C,
           float(length));
}

void unit_rows_backward(device& device, view<float, 2> dx, view<const float, 2> dy, view<const float, 2> y,
                        view<const float, 2> x, double length, epilogue after) {
  require(dx.shape == x.shape && dy.shape == x.shape && y.shape == x.shape, "unit_rows_backward: dx ",
          dx.shape, ", dy ", dy.shape, ", y ", y.shape, ", x ", x.shape,
          "; expected the same shape four times");
  const auto [R, C] = x.shape;
  if (R > 0)
    launch("unit_rows_backward", device, blocks_for(R, unit_warps), unit_threads, 0, scale_rows_backward,
           dx.data, dy.data, y.data, x.data, R, C, float(length), after == epilogue::add);
}

}  // namespace eev::cuda

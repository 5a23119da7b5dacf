// Spec: reference/concatenate.hpp. In: rows a [R, N] and b [R, M]. Out: rows y [R, N + M].
//
// A block has a row, thread t the values t, t + 128, ... Limits: R below 2^31. Memory: 4 R (N + M) bytes in
// and as many out.
#pragma once

#include <eev/cuda/concatenate.hpp>

#include "device/primitives.cuh"

namespace eev::cuda {
namespace {

constexpr int side_by_side_threads = 128;

__global__ void __launch_bounds__(side_by_side_threads)
    put_rows_side_by_side(float* y, const float* a, const float* b, dim N, dim M) {
  const dim r = blockIdx.x;
  for (dim c = threadIdx.x; c < N + M; c += side_by_side_threads)
    y[r * (N + M) + c] = c < N ? a[r * N + c] : b[r * M + c - N];
}

}  // namespace

void concatenate(device& device, view<float, 2> y, view<const float, 2> a, view<const float, 2> b) {
  const auto [R, N] = a.shape;
  const dim M = b.shape[1];
  require(b.shape[0] == R && y.shape == std::array{R, N + M}, "concatenate: y ", y.shape, ", a ", a.shape,
          ", b ", b.shape, "; expected y [R, N + M], a [R, N], b [R, M]");
  if (y.size() > 0)
    launch("concatenate", device, unsigned(R), side_by_side_threads, 0, put_rows_side_by_side, y.data, a.data,
           b.data, N, M);
}

}  // namespace eev::cuda

// Spec: reference/concatenate_backward.hpp. In: dy [R, N + M]. Out: da [R, N], db [R, M].
//
// A block has a row, thread t the values t, t + 128, ... Limits: R below 2^31. Memory: 4 R (N + M) bytes in
// and as many out.
#pragma once

#include <eev/cuda/concatenate_backward.hpp>

#include "device/primitives.cuh"

namespace eev::cuda {
namespace {

// ---- kernel ----

constexpr int take_apart_threads = 128;

__global__ void __launch_bounds__(take_apart_threads)
    take_rows_apart(float* da, float* db, const float* dy, dim N, dim M) {
  const dim r = blockIdx.x;
  for (dim c = threadIdx.x; c < N + M; c += take_apart_threads)
    (c < N ? da[r * N + c] : db[r * M + c - N]) = dy[r * (N + M) + c];
}

}  // namespace

// ---- launcher ----

void concatenate_backward(device& device, view<float, 2> da, view<float, 2> db, view<const float, 2> dy) {
  const auto [R, N] = da.shape;
  const dim M = db.shape[1];
  require(db.shape[0] == R && dy.shape == std::array{R, N + M}, "concatenate_backward: da ", da.shape,
          ", db ", db.shape, ", dy ", dy.shape, "; expected da [R, N], db [R, M], dy [R, N + M]");
  if (dy.size() > 0)
    launch("concatenate_backward", device, unsigned(R), take_apart_threads, 0, take_rows_apart, da.data,
           db.data, dy.data, N, M);
}

}  // namespace eev::cuda

// Spec: reference/concatenate_backward.hpp. In: dy [R, N + M]. Out: da [R, N], db [R, M].
//
// A thread has four values of a row of dy, or one if N or M is not a multiple of 4. Limits: dy below 2^32
// values. Memory: 4 R (N + M) bytes in and as many out.
#pragma once

#include <limits>

#include <eev/cuda/concatenate_backward.hpp>

#include "device/elements.cuh"

namespace eev::cuda {
namespace {

// ---- kernel ----

struct elements_taken_apart {
  float *da, *db;
  const float* dy;
  unsigned N, M;

  template <int Width>
  __device__ void at(dim i) const {
    const unsigned r = unsigned(i) / (N + M), c = unsigned(i) % (N + M);
    store_pack(c < N ? da + dim(r) * N + c : db + dim(r) * M + (c - N), load_pack<Width>(dy + i));
  }
};

}  // namespace

// ---- launcher ----

void concatenate_backward(device& device, view<float, 2> da, view<float, 2> db, view<const float, 2> dy) {
  const auto [R, N] = da.shape;
  const dim M = db.shape[1];
  require(db.shape[0] == R && dy.shape == std::array{R, N + M} &&
              dy.size() <= std::numeric_limits<unsigned>::max(),
          "concatenate_backward: da ", da.shape, ", db ", db.shape, ", dy ", dy.shape,
          "; expected da [R, N], db [R, M], dy [R, N + M] below 2^32 values");
  for_packs("concatenate_backward", device, dy.size(),
            N % pack_width == 0 && M % pack_width == 0 && whole_packs(da.data, db.data, dy.data),
            elements_taken_apart{da.data, db.data, dy.data, unsigned(N), unsigned(M)});
}

}  // namespace eev::cuda

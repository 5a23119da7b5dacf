// Spec: reference/concatenate.hpp. In: rows a [R, N] and b [R, M]. Out: rows y [R, N + M].
//
// A thread has four values of a row of y, or one if N or M is not a multiple of 4. Limits: y below 2^32
// values. Memory: 4 R (N + M) bytes in and as many out.
#pragma once

#include <limits>

#include <eev/cuda/concatenate.hpp>

#include "device/elements.cuh"

namespace eev::cuda {
namespace {

struct elements_side_by_side {
  float* y;
  const float *a, *b;
  unsigned N, M;

  template <int Width>
  __device__ void at(dim i) const {
    const unsigned r = unsigned(i) / (N + M), c = unsigned(i) % (N + M);
    store_pack(y + i, load_pack<Width>(c < N ? a + dim(r) * N + c : b + dim(r) * M + (c - N)));
  }
};

}  // namespace

void concatenate(device& device, view<float, 2> y, view<const float, 2> a, view<const float, 2> b) {
  const auto [R, N] = a.shape;
  const dim M = b.shape[1];
  require(
      b.shape[0] == R && y.shape == std::array{R, N + M} && y.size() <= std::numeric_limits<unsigned>::max(),
      "concatenate: y ", y.shape, ", a ", a.shape, ", b ", b.shape,
      "; expected y [R, N + M] below 2^32 values, a [R, N], b [R, M]");
  for_packs("concatenate", device, y.size(),
            N % pack_width == 0 && M % pack_width == 0 && whole_packs(y.data, a.data, b.data),
            elements_side_by_side{y.data, a.data, b.data, unsigned(N), unsigned(M)});
}

}  // namespace eev::cuda

// Spec: reference/place_columns.hpp. In: rows x [R, N]. Out: the columns from `first` on of rows y [R, C], of
// the type of x.
//
// A thread has 16 bytes of a row of x, or one value if N, C or an address is not a multiple of as many.
// Limits: x below 2^32 values. Memory: the bytes of x in and as many out.
#pragma once

#include <limits>

#include <eev/cuda/place_columns.hpp>

#include "device/elements.cuh"

namespace eev::cuda {
namespace {

// ---- kernel ----

/// Of rows in words of some values, or of one.
template <class Word>
struct placed_word {
  Word* y;  // from the first column on
  const Word* x;
  unsigned N;
  dim C;

  __device__ void operator()(dim i) const { y[unsigned(i) / N * C + unsigned(i) % N] = x[i]; }
};

// ---- launcher ----

template <class T>
void place_rows(device& device, view<T, 2> y, view<const T, 2> x, dim first) {
  const auto [R, N] = x.shape;
  const dim C = y.shape[1];
  require(y.shape[0] == R && first >= 0 && first + N <= C && x.size() <= std::numeric_limits<unsigned>::max(),
          "place_columns: y ", y.shape, ", x ", x.shape, " from column ", first,
          " on; expected y [R, C], x [R, N] below 2^32 values, N columns from there");
  auto* to = in_kernel(y.data) + first;
  const auto* from = in_kernel(x.data);
  constexpr dim values = sizeof(uint4) / sizeof(T);
  if (N % values == 0 && C % values == 0 && aligned_to(sizeof(uint4), to) && aligned_to(sizeof(uint4), from))
    for_elements("place_columns", device, x.size() / values,
                 placed_word<uint4>{reinterpret_cast<uint4*>(to), reinterpret_cast<const uint4*>(from),
                                    unsigned(N / values), C / values});
  else
    for_elements("place_columns", device, x.size(),
                 placed_word<std::remove_pointer_t<decltype(to)>>{to, from, unsigned(N), C});
}

}  // namespace

void place_columns(device& device, view<float, 2> y, view<const float, 2> x, dim first) {
  place_rows(device, y, x, first);
}
void place_columns(device& device, view<bfloat16, 2> y, view<const bfloat16, 2> x, dim first) {
  place_rows(device, y, x, first);
}

}  // namespace eev::cuda

// Spec: reference/place_columns.hpp. In: rows x [R, N]. Out: the columns from `first` on of rows y [R, C], of
// the type of x.
//
// A thread has 4 values of a row of x, or one if N, C or an address is not a multiple of 4 values. Limits: x
// below 2^32 values. Memory: the bytes of x in and as many out.
#pragma once

#include <limits>

#include <eev/cuda/place_columns.hpp>

#include "device/elements.cuh"

namespace eev::cuda {
namespace {

// ---- kernel ----

template <int Values, class T>
struct placed_value {
  T* y;  // from the first column on
  const T* x;
  unsigned across;  // threads of a row of x
  dim C;

  __device__ void operator()(dim i) const {
    T* to = y + unsigned(i) / across * C + Values * (unsigned(i) % across);
    if constexpr (Values == 4)
      store4(to, load4(x + 4 * i));
    else
      store(to, load(x + i));
  }
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
  using element = std::remove_pointer_t<decltype(to)>;
  if (N % 4 == 0 && C % 4 == 0 && aligned_to(4 * sizeof(T), to) && aligned_to(4 * sizeof(T), from))
    for_elements("place_columns", device, x.size() / 4,
                 placed_value<4, element>{to, from, unsigned(N / 4), C});
  else
    for_elements("place_columns", device, x.size(), placed_value<1, element>{to, from, unsigned(N), C});
}

}  // namespace

void place_columns(device& device, view<float, 2> y, view<const float, 2> x, dim first) {
  place_rows(device, y, x, first);
}
void place_columns(device& device, view<bfloat16, 2> y, view<const bfloat16, 2> x, dim first) {
  place_rows(device, y, x, first);
}

}  // namespace eev::cuda

// The fast form of reference/concatenate.hpp: rows shared over threads.
#pragma once

#include <algorithm>

#include <eev/cpu/device.hpp>

namespace eev::cpu {

/// Spec: reference/concatenate.hpp.
inline void concatenate(device& device, view<float, 2> y, const_view<float, 2> a, const_view<float, 2> b) {
  const auto [R, N] = a.shape;
  const dim M = b.shape[1];
  require(b.shape[0] == R && y.shape == std::array{R, N + M}, "concatenate: y ", y.shape, ", a ", a.shape,
          ", b ", b.shape, "; expected y [R, N + M], a [R, N], b [R, M]");
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim r = 0; r < R; ++r)
    std::copy_n(b.data + r * M, M, std::copy_n(a.data + r * N, N, y.data + r * (N + M)));
}

}  // namespace eev::cpu

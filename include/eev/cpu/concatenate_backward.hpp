// The fast form of reference/concatenate_backward.hpp: rows shared over threads.
#pragma once

#include <algorithm>

#include <eev/cpu/device.hpp>

namespace eev::cpu {

/// Spec: reference/concatenate_backward.hpp.
inline void concatenate_backward(device& device, view<float, 2> da, view<float, 2> db,
                                 const_view<float, 2> dy) {
  const auto [R, N] = da.shape;
  const dim M = db.shape[1];
  require(db.shape[0] == R && dy.shape == std::array{R, N + M}, "concatenate_backward: da ", da.shape,
          ", db ", db.shape, ", dy ", dy.shape, "; expected da [R, N], db [R, M], dy [R, N + M]");
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim r = 0; r < R; ++r) {
    std::copy_n(dy.data + r * (N + M), N, da.data + r * N);
    std::copy_n(dy.data + r * (N + M) + N, M, db.data + r * M);
  }
}

}  // namespace eev::cpu

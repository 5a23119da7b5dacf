// The fast form of reference/dropout.hpp: rows shared over threads, random numbers in vectors.
#pragma once

#include <eev/core/random.hpp>
#include <eev/cpu/device.hpp>

namespace eev::cpu {

/// Spec: reference/dropout.hpp.
inline void dropout(device& device, view<float, 2> y, const_view<float, 2> x, float rate,
                    std::uint64_t stream) {
  require(y.shape == x.shape && rate >= 0 && rate < 1, "dropout: y ", y.shape, ", x ", x.shape, ", rate ",
          rate, "; expected y like x, 0 <= rate < 1");
  const auto [R, C] = x.shape;
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim r = 0; r < R; ++r) {
    const dim row = r * C;
#pragma omp simd
    for (dim i = row; i < row + C; ++i)
      y.data[i] = unit_of(random_bits(stream, std::uint64_t(i))) >= rate ? x.data[i] / (1 - rate) : 0;
  }
}

}  // namespace eev::cpu

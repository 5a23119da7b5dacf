// The fast form of reference/clip_norm.hpp: sums of blocks of a fixed size, shared over threads and added in
// order.
#pragma once

#include <algorithm>
#include <cmath>

#include <eev/cpu/device.hpp>

namespace eev::cpu {

/// Spec: reference/clip_norm.hpp.
inline void clip_norm(device& device, view<float, 1> gradient, view<float, 1> norm, double limit) {
  require(norm.shape[0] == 1 && limit > 0, "clip_norm: norm ", norm.shape, ", limit ", limit,
          "; expected norm [1], a positive limit");
  constexpr dim block = 4096;
  const dim N = gradient.size(), blocks = (N + block - 1) / block;
  auto scope = device.scope();
  auto sums = device.take<double>(blocks);
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim i = 0; i < blocks; ++i) {
    double sum = 0;
    const float *begin = gradient.data + i * block, *end = gradient.data + std::min(N, (i + 1) * block);
#pragma omp simd reduction(+ : sum)
    for (const float* value = begin; value < end; ++value) sum += double(*value) * double(*value);
    sums(i) = sum;
  }
  double total = 0;
  for (double sum : sums) total += sum;
  norm(0) = float(std::sqrt(total));
  const double factor = limit / (std::sqrt(total) + 1e-6);
  if (!(factor < 1)) return;
#pragma omp parallel for simd num_threads(device.threads()) schedule(static)
  for (dim i = 0; i < N; ++i) gradient.data[i] = float(gradient.data[i] * factor);
}

}  // namespace eev::cpu

// The fast form of reference/elementwise_loss.hpp: clips shared over threads, logarithms in vectors.
#pragma once

#include <algorithm>
#include <limits>

#include <eev/core/loss.hpp>
#include <eev/cpu/device.hpp>
#include <eev/cpu/math.hpp>

namespace eev::cpu {

/// Spec: reference/elementwise_loss.hpp.
inline void elementwise_loss(device& device, view<float, 1> loss, view<float, 3> dp, const_view<float, 3> p,
                             const_view<float, 3> y, const_view<float, 2> mask,
                             const elementwise_weights& weight) {
  const auto [B, steps, E] = p.shape;
  require(
      loss.shape[0] == 1 && dp.shape == p.shape && y.shape == p.shape && mask.shape == std::array{B, steps},
      "elementwise_loss: loss ", loss.shape, ", dp ", dp.shape, ", p ", p.shape, ", y ", y.shape, ", mask ",
      mask.shape, "; expected loss [1], dp, p and y [B, T, E], mask [B, T]");
  const dim rows = std::count_if(mask.begin(), mask.end(), [](float value) { return value != 0; });
  const float count = float(std::max(rows * E, dim(1)));
  const float l1 = float(weight.l1), kl = float(weight.kl), squared_error = float(weight.squared_error);
  constexpr float least = std::numeric_limits<float>::min();
  auto scope = device.scope();
  auto sums = device.take<double>(B);
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim b = 0; b < B; ++b) {
    sums(b) = 0;
    for (dim t = 0; t < steps; ++t) {
      const dim row = (b * steps + t) * E;
      if (mask(b, t) == 0) {
        std::fill_n(dp.data + row, E, 0.0f);
        continue;
      }
      float sum = 0;
#pragma omp simd reduction(+ : sum)
      for (dim i = row; i < row + E; ++i) {
        const float label = y.data[i], difference = p.data[i] - label;
        const float probability = p.data[i] < least ? least : p.data[i];
        const float logarithms = fast_log(label < least ? least : label) - fast_log(probability);
        const float sign = difference > 0 ? 1.0f : difference < 0 ? -1.0f : 0.0f;
        sum += l1 * difference * sign + squared_error * difference * difference + kl * label * logarithms;
        dp.data[i] = (l1 * sign + squared_error * 2 * difference - kl * label / probability) / count;
      }
      sums(b) += sum;
    }
  }
  double total = 0;
  for (double sum : sums) total += sum;
  loss(0) = float(total / count);
}

}  // namespace eev::cpu

// The fast form of reference/class_loss.hpp: rows shared over threads, exponentials in vectors.
#pragma once

#include <algorithm>
#include <cmath>

#include <eev/cpu/device.hpp>
#include <eev/cpu/math.hpp>

namespace eev::cpu {

/// Spec: reference/class_loss.hpp.
inline void class_loss(device& device, view<float, 1> loss, view<float, 2> dlogits,
                       const_view<float, 2> logits, const_view<float, 1> classes, double weight) {
  const auto [R, N] = logits.shape;
  require(loss.shape[0] == 1 && dlogits.shape == logits.shape && N > 0 &&
              (classes.data ? classes.shape[0] == R : R <= N),
          "class_loss: loss ", loss.shape, ", dlogits ", dlogits.shape, ", logits ", logits.shape,
          ", classes ", classes.shape,
          "; expected loss [1], dlogits and logits [R, N], classes [R] or none and R <= N");
  auto scope = device.scope();
  auto losses = device.take<double>(R);
  const float share = float(weight) / float(R);
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim r = 0; r < R; ++r) {
    const float* row = logits.data + r * N;
    float* gradient = dlogits.data + r * N;
    const dim columns = N, c = classes.data ? dim(classes(r)) : r;
    const float most = *std::max_element(row, row + columns), wanted = row[c];
    float total = 0;
#pragma omp simd reduction(+ : total)
    for (dim n = 0; n < columns; ++n) {
      gradient[n] = fast_exp(row[n] - most);
      total += gradient[n];
    }
    const float scale = share / total;
#pragma omp simd
    for (dim n = 0; n < columns; ++n) gradient[n] *= scale;
    gradient[c] -= share;
    losses(r) = double(most - wanted) + std::log(double(total));
  }
  double sum = 0;
  for (double one : losses) sum += one;
  loss(0) += float(weight * sum / double(std::max(R, dim(1))));
}

}  // namespace eev::cpu

// In:  predictions and labels [B, T, E], and which rows count.  Out: how badly the curves of each clip and
// expression go together, and the gradient.  Rests on: core/loss, reference/device.
#pragma once

#include <algorithm>
#include <cmath>

#include <eev/core/epilogue.hpp>
#include <eev/core/loss.hpp>
#include <eev/reference/device.hpp>

namespace eev::reference {

/// loss = mean of ccc (1 - CCC) + pearson (1 - r) over the curves (b, e) of clips that have a row with
/// mask[b, t] != 0, and dp[b, t, e] its derivative by p[b, t, e]. With moments over the rows of the mask,
/// divided by their number n,
///   CCC = 2 cov(p, y) / (var p + var y + (mean p - mean y)^2)
///   r   = cov(p, y) / sqrt(var p var y)
/// and both are 0, and so is their gradient, where the denominator is 0. The authors' CCC multiplies the
/// covariance by n and the variances by n / (n - 1). With epilogue::add both are added to what loss and dp
/// hold.
template <class T>
void correlation_loss(device<T>&, view<T, 1> loss, view<T, 3> dp, const_view<T, 3> p, const_view<T, 3> y,
                      const_view<T, 2> mask, const correlation_weights& weight,
                      epilogue after = epilogue::none) {
  const auto [B, steps, E] = p.shape;
  require(
      loss.shape[0] == 1 && dp.shape == p.shape && y.shape == p.shape && mask.shape == std::array{B, steps},
      "correlation_loss: loss ", loss.shape, ", dp ", dp.shape, ", p ", p.shape, ", y ", y.shape, ", mask ",
      mask.shape, "; expected loss [1], dp, p and y [B, T, E], mask [B, T]");
  const auto rows_of = [&](dim b) {
    return std::count_if(mask[b].begin(), mask[b].end(), [](T value) { return value != 0; });
  };
  dim curves = 0;
  for (dim b = 0; b < B; ++b) curves += rows_of(b) > 0 ? E : 0;
  double sum = 0;
  if (after != epilogue::add) std::fill(dp.begin(), dp.end(), T(0));
  for (dim b = 0; b < B; ++b) {
    const T n = T(rows_of(b));
    if (n == 0) continue;
    dim first = 0;
    while (mask(b, first) == 0) ++first;
    for (dim e = 0; e < E; ++e) {
      const auto for_rows = [&, b = b, steps = steps](auto use) {
        for (dim t = 0; t < steps; ++t)
          if (mask(b, t) != 0) use(t);
      };
      T mean_p = 0, mean_y = 0, covariance = 0, variance_p = 0, variance_y = 0;
      // From the first row on, so that a constant curve has a variance of exactly 0.
      const T first_p = p(b, first, e), first_y = y(b, first, e);
      for_rows([&](dim t) { mean_p += (p(b, t, e) - first_p) / n, mean_y += (y(b, t, e) - first_y) / n; });
      mean_p += first_p, mean_y += first_y;
      for_rows([&](dim t) {
        const T from_p = p(b, t, e) - mean_p, from_y = y(b, t, e) - mean_y;
        covariance += from_p * from_y / n, variance_p += from_p * from_p / n;
        variance_y += from_y * from_y / n;
      });
      // d cov / dp[t] = (y[t] - mean y) / n, d var p / dp[t] = 2 (p[t] - mean p) / n, d mean p / dp[t] = 1 /
      // n
      const T many = weight.authors_ccc ? n : 1, wide = weight.authors_ccc && n > 1 ? n / (n - 1) : 1;
      const T shift = mean_p - mean_y, below = wide * (variance_p + variance_y) + shift * shift;
      // Not `> 0`: a curve that is not a number must show.
      const T ccc = below != 0 ? 2 * many * covariance / below : 0;
      const T root = std::sqrt(variance_p * variance_y), r = root != 0 ? covariance / root : 0;
      sum += weight.ccc * (1 - ccc) + weight.pearson * (1 - r);
      for_rows([&](dim t) {
        const T from_p = p(b, t, e) - mean_p, from_y = y(b, t, e) - mean_y;
        T gradient = 0;
        if (below != 0)
          gradient -= T(weight.ccc) * (2 * many * from_y - ccc * 2 * (wide * from_p + shift)) / (n * below);
        if (root != 0) gradient -= T(weight.pearson) * (from_y / root - r * from_p / variance_p) / n;
        dp(b, t, e) += gradient / T(curves);
      });
    }
  }
  loss(0) = (after == epilogue::add ? loss(0) : T(0)) + T(sum / double(std::max(curves, dim(1))));
}

}  // namespace eev::reference

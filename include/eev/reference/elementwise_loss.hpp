// In:  predictions and labels [B, T, E], and which rows count.  Out: a mean over elements, and its gradient.
// Rests on: core/loss, reference/device.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include <eev/core/loss.hpp>
#include <eev/reference/device.hpp>

namespace eev::reference {

/// loss = mean of l1 |p - y| + kl y (ln y - ln p) + squared_error (p - y)^2 over the elements of the rows
/// with mask[b, t] != 0, and dp[b, t, e] its derivative by p[b, t, e], 0 in the other rows. Without any row
/// both are 0. For the logarithm, p is at least the smallest normal number; |p - y| has the derivative 0 at
/// 0.
template <class T>
void elementwise_loss(device<T>&, view<T, 1> loss, view<T, 3> dp, const_view<T, 3> p, const_view<T, 3> y,
                      const_view<T, 2> mask, const elementwise_weights& weight) {
  const auto [B, steps, E] = p.shape;
  require(
      loss.shape[0] == 1 && dp.shape == p.shape && y.shape == p.shape && mask.shape == std::array{B, steps},
      "elementwise_loss: loss ", loss.shape, ", dp ", dp.shape, ", p ", p.shape, ", y ", y.shape, ", mask ",
      mask.shape, "; expected loss [1], dp, p and y [B, T, E], mask [B, T]");
  const dim rows = std::count_if(mask.begin(), mask.end(), [](T value) { return value != 0; });
  const T count = T(std::max(rows * E, dim(1)));
  double sum = 0;
  for (dim b = 0; b < B; ++b)
    for (dim t = 0; t < steps; ++t)
      for (dim e = 0; e < E; ++e) {
        dp(b, t, e) = 0;
        if (mask(b, t) == 0) continue;
        const T label = y(b, t, e), difference = p(b, t, e) - label;
        const T probability = std::max(p(b, t, e), std::numeric_limits<T>::min());
        sum += weight.l1 * std::abs(difference) + weight.squared_error * difference * difference;
        if (label > 0) sum += weight.kl * label * (std::log(label) - std::log(probability));
        const T sign = T(difference > 0) - T(difference < 0);
        dp(b, t, e) = (T(weight.l1) * sign + T(weight.squared_error) * 2 * difference -
                       T(weight.kl) * label / probability) /
                      count;
      }
  loss(0) = T(sum / double(count));
}

}  // namespace eev::reference

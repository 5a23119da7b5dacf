// The fast form of reference/correlation_loss.hpp: clips shared over threads, all expressions of a row at
// once. The moments are summed in double, so that a curve that is constant has no variance.
#pragma once

#include <algorithm>
#include <cmath>

#include <eev/core/epilogue.hpp>
#include <eev/core/loss.hpp>
#include <eev/cpu/device.hpp>

namespace eev::cpu {

namespace detail {

/// The moments of one curve p and its labels y, and, from them, what the gradient is made of.
struct curve_moments {
  double mean_p, mean_y, covariance, variance_p, variance_y;
  double by_p, by_y, by_mean;  // dp[t] = by_p (p[t] - mean p) + by_y (y[t] - mean y) + by_mean
};

/// The loss of one curve of n rows; `curves` is how many there are.
inline double finish_curve(curve_moments& m, double n, double curves, const correlation_weights& weight) {
  const double many = weight.authors_ccc ? n : 1, wide = weight.authors_ccc && n > 1 ? n / (n - 1) : 1;
  const double shift = m.mean_p - m.mean_y, below = wide * (m.variance_p + m.variance_y) + shift * shift;
  const double ccc = below != 0 ? 2 * many * m.covariance / below : 0;
  const double root = std::sqrt(m.variance_p * m.variance_y), r = root != 0 ? m.covariance / root : 0;
  m.by_p = m.by_y = m.by_mean = 0;
  if (below != 0) {
    const double scale = 2 * weight.ccc / (n * below * curves);
    m.by_y -= scale * many, m.by_p += scale * ccc * wide, m.by_mean += scale * ccc * shift;
  }
  if (root != 0) {
    const double scale = weight.pearson / (n * curves);
    m.by_y -= scale / root, m.by_p += scale * r / m.variance_p;
  }
  return weight.ccc * (1 - ccc) + weight.pearson * (1 - r);
}

}  // namespace detail

/// Spec: reference/correlation_loss.hpp.
inline void correlation_loss(device& device, view<float, 1> loss, view<float, 3> dp, const_view<float, 3> p,
                             const_view<float, 3> y, const_view<float, 2> mask,
                             const correlation_weights& weight, epilogue after = epilogue::none) {
  const auto [B, steps, E] = p.shape;
  require(
      loss.shape[0] == 1 && dp.shape == p.shape && y.shape == p.shape && mask.shape == std::array{B, steps},
      "correlation_loss: loss ", loss.shape, ", dp ", dp.shape, ", p ", p.shape, ", y ", y.shape, ", mask ",
      mask.shape, "; expected loss [1], dp, p and y [B, T, E], mask [B, T]");
  auto scope = device.scope();
  auto sums = device.take<double>(B), rows = device.take<double>(B);
  auto moments = device.take<detail::curve_moments>(B, E);
  double curves = 0;
  for (dim b = 0; b < B; ++b) {
    rows(b) = double(std::count_if(mask[b].begin(), mask[b].end(), [](float value) { return value != 0; }));
    curves += rows(b) > 0 ? double(E) : 0;
  }
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim b = 0; b < B; ++b) {
    const auto curve = moments[b];
    const auto for_rows = [&, b = b, steps = steps, E = E](auto use) {
      for (dim t = 0; t < steps; ++t)
        if (mask(b, t) != 0)
          for (dim e = 0; e < E; ++e) use(curve(e), (b * steps + t) * E + e);
    };
    std::fill(curve.begin(), curve.end(), detail::curve_moments{});
    if (after != epilogue::add) std::fill(dp[b].begin(), dp[b].end(), 0.0f);
    sums(b) = 0;
    for_rows([&](detail::curve_moments& m, dim i) { m.mean_p += p.data[i], m.mean_y += y.data[i]; });
    for (auto& m : curve) m.mean_p /= rows(b), m.mean_y /= rows(b);
    for_rows([&](detail::curve_moments& m, dim i) {
      const double from_p = p.data[i] - m.mean_p, from_y = y.data[i] - m.mean_y;
      m.covariance += from_p * from_y, m.variance_p += from_p * from_p, m.variance_y += from_y * from_y;
    });
    if (rows(b) > 0)
      for (auto& m : curve) {
        m.covariance /= rows(b), m.variance_p /= rows(b), m.variance_y /= rows(b);
        sums(b) += detail::finish_curve(m, rows(b), curves, weight);
      }
    for_rows([&](const detail::curve_moments& m, dim i) {
      dp.data[i] += float(m.by_p * (p.data[i] - m.mean_p) + m.by_y * (y.data[i] - m.mean_y) + m.by_mean);
    });
  }
  double total = 0;
  for (double sum : sums) total += sum;
  loss(0) = (after == epilogue::add ? loss(0) : 0.0f) + float(total / std::max(curves, 1.0));
}

}  // namespace eev::cpu

// Spec: reference/correlation_loss.hpp. In: predictions p and labels y [B, T, E], mask [B, T]. Out: loss [1],
// dp [B, T, E].
//
// First the clips that have a row are counted. Then a block has a clip, a warp the curves w, w + 4, ... of
// it, lane l the steps l, l + 32, ...; it reads its curve three times, mostly from the cache: for the means,
// for the moments about them, for the derivatives. At last the losses of the curves are added up. Sums are in
// double, so that a constant curve has a variance of exactly 0, and in a fixed order. Limits: B below 2^31.
// Memory: 8 B T E bytes in, 4 B T E out.
#pragma once

#include <eev/cuda/correlation_loss.hpp>

#include "device/sums.cuh"

namespace eev::cuda {
namespace {

// ---- kernels ----

constexpr int curve_warps = 4, curve_threads = curve_warps * warp_lanes;

/// 1 if clip b has a row that counts.
struct clip_counts {
  const float* mask;
  dim steps;
  __device__ double operator()(dim b) const {
    for (dim t = 0; t < steps; ++t)
      if (mask[b * steps + t] != 0) return 1;
    return 0;
  }
};

/// How many curves the mean is over; 1 if there is none.
struct curve_count {
  double* count;
  dim E;
  __device__ void operator()(double clips) const { *count = clips > 0 ? clips * double(E) : 1; }
};

/// The moments of one curve p and its labels y over n rows, and the derivative of its loss,
/// by_p (p[t] - mean p) + by_y (y[t] - mean y) + by_mean.
struct curve {
  double n, mean_p, mean_y, covariance, variance_p, variance_y;
  double by_p, by_y, by_mean;

  /// The loss.
  __device__ double finish(double curves, const correlation_weights& weight) {
    const double many = weight.authors_ccc ? n : 1, wide = weight.authors_ccc && n > 1 ? n / (n - 1) : 1;
    const double shift = mean_p - mean_y, below = wide * (variance_p + variance_y) + shift * shift;
    const double ccc = below != 0 ? 2 * many * covariance / below : 0;
    const double root = sqrt(variance_p * variance_y), r = root != 0 ? covariance / root : 0;
    by_p = by_y = by_mean = 0;
    if (below != 0) {
      const double scale = 2 * weight.ccc / (n * below * curves);
      by_y -= scale * many, by_p += scale * ccc * wide, by_mean += scale * ccc * shift;
    }
    if (root != 0) {
      const double scale = weight.pearson / (n * curves);
      by_y -= scale / root, by_p += scale * r / variance_p;
    }
    return weight.ccc * (1 - ccc) + weight.pearson * (1 - r);
  }
};

/// losses [B, E]. `count`: of the curves.
__global__ void __launch_bounds__(curve_threads)
    correlate_curves(double* losses, float* dp, const float* p, const float* y, const float* mask,
                     const double* count, dim steps, dim E, correlation_weights weight, bool add) {
  const dim b = blockIdx.x;
  const int lane = threadIdx.x % warp_lanes;
  p += b * steps * E, y += b * steps * E, dp += b * steps * E, mask += b * steps;
  for (dim e = threadIdx.x / warp_lanes; e < E; e += curve_warps) {
    curve c{};
    for (dim t = lane; t < steps; t += warp_lanes)
      if (mask[t] != 0) c.n += 1, c.mean_p += p[t * E + e], c.mean_y += y[t * E + e];
    c.n = warp_sum(c.n);
    c.mean_p = warp_sum(c.mean_p) / c.n, c.mean_y = warp_sum(c.mean_y) / c.n;
    for (dim t = lane; t < steps; t += warp_lanes) {
      if (mask[t] == 0) continue;
      const double from_p = p[t * E + e] - c.mean_p, from_y = y[t * E + e] - c.mean_y;
      c.covariance += from_p * from_y, c.variance_p += from_p * from_p, c.variance_y += from_y * from_y;
    }
    c.covariance = warp_sum(c.covariance) / c.n;
    c.variance_p = warp_sum(c.variance_p) / c.n, c.variance_y = warp_sum(c.variance_y) / c.n;
    const double loss = c.n > 0 ? c.finish(*count, weight) : 0;
    if (lane == 0) losses[b * E + e] = loss;
    for (dim t = lane; t < steps; t += warp_lanes) {
      const dim i = t * E + e;
      const float before = add ? dp[i] : 0;
      dp[i] = mask[t] == 0
                  ? before
                  : before + float(c.by_p * (p[i] - c.mean_p) + c.by_y * (y[i] - c.mean_y) + c.by_mean);
    }
  }
}

struct mean_of_curves {
  float* loss;
  const double* count;
  bool add;
  __device__ void operator()(double sum) const { *loss = (add ? *loss : 0) + float(sum / *count); }
};

}  // namespace

// ---- launcher ----

void correlation_loss(device& device, view<float, 1> loss, view<float, 3> dp, view<const float, 3> p,
                      view<const float, 3> y, view<const float, 2> mask, const correlation_weights& weight,
                      epilogue after) {
  const auto [B, steps, E] = p.shape;
  require(
      loss.shape[0] == 1 && dp.shape == p.shape && y.shape == p.shape && mask.shape == std::array{B, steps},
      "correlation_loss: loss ", loss.shape, ", dp ", dp.shape, ", p ", p.shape, ", y ", y.shape, ", mask ",
      mask.shape, "; expected loss [1], dp, p and y [B, T, E], mask [B, T]");
  const char* name = "correlation_loss";
  const bool add = after == epilogue::add;
  auto scope = device.scope();
  double *count = device.take<double>(1).data, *losses = device.take<double>(B, E).data;
  sum_elements(name, device, B, clip_counts{mask.data, steps}, curve_count{count, E});
  if (B > 0)
    launch(name, device, unsigned(B), curve_threads, 0, correlate_curves, losses, dp.data, p.data, y.data,
           mask.data, count, steps, E, weight, add);
  launch(name, device, 1, sum_threads, 0, finish_sum<mean_of_curves>, losses, B * E,
         mean_of_curves{loss.data, count, add});
}

}  // namespace eev::cuda

// Spec: reference/elementwise_loss.hpp. In: predictions p and labels y [B, T, E], mask [B, T]. Out: loss [1],
// dp [B, T, E].
//
// First the rows of the mask are counted, then a thread has 4 elements (more if they are over a million),
// writes their derivatives and adds up their part of the loss; sums are in double and in a fixed order.
// Memory: 12 B T E bytes in, 4 B T E out.
#pragma once

#include <limits>

#include <eev/cuda/elementwise_loss.hpp>

#include "device/sums.cuh"

namespace eev::cuda {
namespace {

// ---- kernels ----

struct row_counts {
  const float* mask;
  __device__ double operator()(dim row) const { return mask[row] != 0; }
};

/// How many elements the mean is over; 1 if there is none.
struct element_count {
  double* count;
  dim E;
  __device__ void operator()(double rows) const { *count = rows > 0 ? rows * double(E) : 1; }
};

struct loss_element {
  float* dp;
  const float *p, *y, *mask;
  const double* count;
  dim E;
  float l1, kl, squared_error;

  __device__ double operator()(dim i) const {
    if (mask[i / E] == 0) {
      dp[i] = 0;
      return 0;
    }
    constexpr float least = std::numeric_limits<float>::min();
    const float label = y[i], difference = p[i] - label;
    const float probability = p[i] < least ? least : p[i];
    const float sign = float(difference > 0) - float(difference < 0);
    dp[i] = (l1 * sign + squared_error * 2 * difference - kl * label / probability) / float(*count);
    const float logarithms = label > 0 ? label * (logf(label) - logf(probability)) : 0;
    return l1 * fabsf(difference) + squared_error * difference * difference + kl * logarithms;
  }
};

struct mean_loss {
  float* loss;
  const double* count;
  __device__ void operator()(double sum) const { *loss = float(sum / *count); }
};

}  // namespace

// ---- launcher ----

void elementwise_loss(device& device, view<float, 1> loss, view<float, 3> dp, view<const float, 3> p,
                      view<const float, 3> y, view<const float, 2> mask, const elementwise_weights& weight) {
  const auto [B, steps, E] = p.shape;
  require(
      loss.shape[0] == 1 && dp.shape == p.shape && y.shape == p.shape && mask.shape == std::array{B, steps},
      "elementwise_loss: loss ", loss.shape, ", dp ", dp.shape, ", p ", p.shape, ", y ", y.shape, ", mask ",
      mask.shape, "; expected loss [1], dp, p and y [B, T, E], mask [B, T]");
  auto scope = device.scope();
  double* count = device.take<double>(1).data;
  sum_elements("elementwise_loss", device, mask.size(), row_counts{mask.data}, element_count{count, E});
  sum_elements("elementwise_loss", device, p.size(),
               loss_element{dp.data, p.data, y.data, mask.data, count, E, float(weight.l1), float(weight.kl),
                            float(weight.squared_error)},
               mean_loss{loss.data, count});
}

}  // namespace eev::cuda

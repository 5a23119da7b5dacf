// In:  a convolution without bias and the batch norm behind it.  Out: one convolution that does both.  Rests
// on: layers/conv2d.
#pragma once

#include <cmath>
#include <utility>
#include <vector>

#include <eev/layers/conv2d.hpp>

namespace eev::layers {

/// A batch norm in use has fixed statistics, y = gain (x - mean) / sqrt(variance + epsilon) + bias: a factor
/// of each filter and a bias. Tensors: `weight` of the convolution; `weight`, `bias`, `running_mean` and
/// `running_var`, [N] each, of the norm.
template <class Device, class T>
conv2d_layer<Device, T> conv2d_with_norm(Device& device, const weights& convolution, const weights& norm,
                                         double epsilon, const conv2d_shape& shape) {
  auto filters = convolution.read("weight", shape.filters());
  const auto gain = norm.read("weight", {shape.N}), mean = norm.read("running_mean", {shape.N}),
             variance = norm.read("running_var", {shape.N});
  auto bias = norm.read("bias", {shape.N});
  const dim size = dim(filters.size()) / shape.N;
  for (dim n = 0; n < shape.N; ++n) {
    const double factor = gain[n] / std::sqrt(variance[n] + epsilon);
    bias[n] = float(bias[n] - mean[n] * factor);
    for (dim i = n * size; i < (n + 1) * size; ++i) filters[i] = float(filters[i] * factor);
  }
  return {device, shape, filters, bias};
}

}  // namespace eev::layers

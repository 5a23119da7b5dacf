// Spec: reference/adam.hpp. In: parameters x [N], moments mean and square [N], gradient [N]. Out: x, mean and
// square after the step.
//
// A thread has an element; everything is read once and written once. Memory: 16 N bytes in, 12 N out. 15 N
// FLOP: bound by memory.
#pragma once

#include <cmath>

#include <eev/cuda/adam.hpp>

#include "device/elements.cuh"

namespace eev::cuda {
namespace {

// ---- kernel ----

struct adam_element {
  float *x, *mean, *square;
  const float* gradient;
  float beta1, beta2, less1, less2, step_size, correction, epsilon, decay, keep;

  __device__ void operator()(dim i) const {
    const float before = x[i], g = gradient[i] + decay * before;
    const float m = beta1 * mean[i] + less1 * g, v = beta2 * square[i] + less2 * g * g;
    mean[i] = m, square[i] = v;
    x[i] = keep * before - step_size * m / (sqrtf(v) / correction + epsilon);
  }
};

}  // namespace

// ---- launcher ----

void adam(device& device, view<float, 1> x, view<float, 1> mean, view<float, 1> square,
          view<const float, 1> gradient, const adam_settings& settings, dim step) {
  require(mean.shape == x.shape && square.shape == x.shape && gradient.shape == x.shape && step >= 1,
          "adam: x ", x.shape, ", mean ", mean.shape, ", square ", square.shape, ", gradient ",
          gradient.shape, ", step ", step, "; expected the same shape four times, steps from 1");
  for_elements("adam", device, x.size(),
               adam_element{.x = x.data,
                            .mean = mean.data,
                            .square = square.data,
                            .gradient = gradient.data,
                            .beta1 = float(settings.beta1),
                            .beta2 = float(settings.beta2),
                            .less1 = float(1 - settings.beta1),
                            .less2 = float(1 - settings.beta2),
                            .step_size = float(settings.rate / (1 - std::pow(settings.beta1, double(step)))),
                            .correction = float(std::sqrt(1 - std::pow(settings.beta2, double(step)))),
                            .epsilon = float(settings.epsilon),
                            .decay = settings.decoupled ? 0 : float(settings.decay),
                            .keep = settings.decoupled ? float(1 - settings.rate * settings.decay) : 1});
}

}  // namespace eev::cuda

// The fast form of reference/adam.hpp: elements shared over threads.
#pragma once

#include <cmath>

#include <eev/core/adam_settings.hpp>
#include <eev/cpu/device.hpp>

namespace eev::cpu {

/// Spec: reference/adam.hpp.
inline void adam(device& device, view<float, 1> x, view<float, 1> mean, view<float, 1> square,
                 const_view<float, 1> gradient, const adam_settings& settings, dim step) {
  require(mean.shape == x.shape && square.shape == x.shape && gradient.shape == x.shape && step >= 1,
          "adam: x ", x.shape, ", mean ", mean.shape, ", square ", square.shape, ", gradient ",
          gradient.shape, ", step ", step, "; expected the same shape four times, steps from 1");
  const float beta1 = float(settings.beta1), beta2 = float(settings.beta2), epsilon = float(settings.epsilon);
  const float less1 = float(1 - settings.beta1), less2 = float(1 - settings.beta2);
  const float step_size = float(settings.rate / (1 - std::pow(settings.beta1, double(step))));
  const float correction = float(std::sqrt(1 - std::pow(settings.beta2, double(step))));
  const float decay = settings.decoupled ? 0 : float(settings.decay);
  const float keep = settings.decoupled ? float(1 - settings.rate * settings.decay) : 1;
#pragma omp parallel for simd num_threads(device.threads()) schedule(static)
  for (dim i = 0; i < x.size(); ++i) {
    const float g = gradient.data[i] + decay * x.data[i];
    const float m = mean.data[i] = beta1 * mean.data[i] + less1 * g;
    const float v = square.data[i] = beta2 * square.data[i] + less2 * g * g;
    x.data[i] = keep * x.data[i] - step_size * m / (std::sqrt(v) / correction + epsilon);
  }
}

}  // namespace eev::cpu

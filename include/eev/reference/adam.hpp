// In:  parameters x [N], their gradient, and the moments of earlier gradients.  Out: the parameters and the
// moments after one step.  Rests on: core/adam_settings, reference/device.
#pragma once

#include <cmath>

#include <eev/core/adam_settings.hpp>
#include <eev/reference/device.hpp>

namespace eev::reference {

/// Step number `step` (from 1) of Adam as PyTorch has it (Kingma and Ba 2015; AdamW: Loshchilov and Hutter
/// 2019), g being the gradient:
///   decoupled:  x = x (1 - rate decay)       else:  g = g + decay x
///   mean   = beta1 mean + (1 - beta1) g
///   square = beta2 square + (1 - beta2) g^2
///   x = x - rate mean / (1 - beta1^step) / (sqrt(square / (1 - beta2^step)) + epsilon)
template <class T>
void adam(device<T>&, view<T, 1> x, view<T, 1> mean, view<T, 1> square, const_view<T, 1> gradient,
          const adam_settings& settings, dim step) {
  require(mean.shape == x.shape && square.shape == x.shape && gradient.shape == x.shape && step >= 1,
          "adam: x ", x.shape, ", mean ", mean.shape, ", square ", square.shape, ", gradient ",
          gradient.shape, ", step ", step, "; expected the same shape four times, steps from 1");
  const T beta1 = T(settings.beta1), beta2 = T(settings.beta2), decay = T(settings.decay);
  const T step_size = T(settings.rate / (1 - std::pow(settings.beta1, double(step))));
  const T correction = T(std::sqrt(1 - std::pow(settings.beta2, double(step))));
  const T keep = settings.decoupled ? T(1 - settings.rate * settings.decay) : 1;
  for (dim i = 0; i < x.size(); ++i) {
    const T g = settings.decoupled ? gradient(i) : gradient(i) + decay * x(i);
    mean(i) = beta1 * mean(i) + T(1 - settings.beta1) * g;
    square(i) = beta2 * square(i) + T(1 - settings.beta2) * g * g;
    x(i) = keep * x(i) - step_size * mean(i) / (std::sqrt(square(i)) / correction + T(settings.epsilon));
  }
}

}  // namespace eev::reference

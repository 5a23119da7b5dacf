// In:  parameters and gradients in one slab each.  Out: the parameters after a step; averages of them.  Rests
// on: core/adam_settings; the device's adam() and running_mean().
//
// The slabs come from the device's scratch memory: make these objects where no scope is open.
#pragma once

#include <vector>

#include <eev/core/adam_settings.hpp>
#include <eev/core/view.hpp>

namespace eev::train {

/// Adam or AdamW, with the moments of all parameters.
template <class Device>
class adam_optimizer {
  using scalar = typename Device::scalar;

 public:
  adam_optimizer(Device& device, dim size)
      : mean_(device.template take<scalar>(size)), square_(device.template take<scalar>(size)) {
    const std::vector<float> zeros(size);
    device.upload(mean_, view<const float, 1>{zeros.data(), {size}});
    device.upload(square_, view<const float, 1>{zeros.data(), {size}});
  }

  void step(Device& device, view<scalar, 1> parameters, const_view<scalar, 1> gradients,
            const adam_settings& settings) {
    adam(device, parameters, mean_, square_, gradients, settings, ++steps);
  }

  /// The state that a checkpoint keeps beside the parameters.
  dim steps = 0;
  view<scalar, 1> mean() { return mean_; }
  view<scalar, 1> square() { return square_; }

 private:
  view<scalar, 1> mean_, square_;
};

/// Stochastic weight averaging (Izmailov et al. 2018): the mean of the parameters at some moments.
template <class Device>
class weight_average {
  using scalar = typename Device::scalar;

 public:
  weight_average(Device& device, dim size) : mean_(device.template take<scalar>(size)) {}

  void add(Device& device, const_view<scalar, 1> parameters) {
    running_mean(device, mean_, parameters, ++count);
  }

  dim count = 0;
  view<scalar, 1> mean() { return mean_; }

 private:
  view<scalar, 1> mean_;
};

}  // namespace eev::train

// In:  rows [R, C].  Out: rows [R, C], normalised.  Rests on: core; the device's layer_norm().
#pragma once

#include <eev/core/weights.hpp>

namespace eev::layers {

/// Layer norm over C channels: tensors `weight` [C] (the gain) and `bias` [C].
template <class Device>
class norm_layer {
 public:
  static constexpr float epsilon = 1e-5f;  // PyTorch's default, which Swin keeps

  norm_layer(Device& device, const weights& from, dim C)
      : gain_(device.keep(from.read("weight", {C}))), bias_(device.keep(from.read("bias", {C}))) {}

  /// x [R, C] -> y [R, C]; y may be x.
  template <class Out>
  void operator()(Device& device, view<Out, 2> y, const_view<typename Device::scalar, 2> x) const {
    layer_norm(device, y, x, gain_, bias_, epsilon);
  }

  auto gain() const { return gain_; }
  auto bias() const { return bias_; }

 private:
  view<const typename Device::scalar, 1> gain_, bias_;
};

}  // namespace eev::layers

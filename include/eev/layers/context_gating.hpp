// In:  rows [R, C].  Out: the same rows, each value let through as far as the whole row says.  Rests on:
// layers/linear; the device's gate().
#pragma once

#include <eev/layers/linear.hpp>

namespace eev::layers {

/// Context gating (Miech et al. 2017) without batch norm: y = sigmoid(x weight^T + bias) * x; tensors
/// `linear.weight` [C, C] and `linear.bias` [C].
template <class Device>
class context_gating {
  using scalar = typename Device::scalar;

 public:
  context_gating(Device& device, const weights& from, dim C) : logits_(device, from.scope("linear"), C, C) {}

  /// x [R, C] -> y [R, C]; y may be x.
  void operator()(Device& device, view<scalar, 2> y, const_view<scalar, 2> x) const {
    auto scope = device.scope();
    auto logits = device.template take<scalar>(x.shape[0], x.shape[1]);
    logits_(device, logits, x);
    gate(device, y, x, logits);
  }

 private:
  linear_layer<Device, scalar> logits_;
};

}  // namespace eev::layers

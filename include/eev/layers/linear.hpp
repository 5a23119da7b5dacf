// In:  rows [R, K].  Out: rows [R, N].  Rests on: core; the device's linear().
#pragma once

#include <eev/core/epilogue.hpp>
#include <eev/core/weights.hpp>

namespace eev::layers {

/// y = x weight^T + bias: tensors `weight` [N, K] and, unless told otherwise, `bias` [N].
template <class Device, class T>
class linear_layer {
 public:
  linear_layer(Device& device, const weights& from, dim N, dim K, bool with_bias = true)
      : weight_(device.template pack<T>(from.read("weight", {N, K}), N, K)) {
    if (with_bias) bias_ = device.keep(from.read("bias", {N}));
  }

  /// x [R, K] -> y [R, N]; with epilogue::add the product is added to y.
  template <class Out>
  void operator()(Device& device, view<Out, 2> y, const_view<T, 2> x, epilogue after = epilogue::none) const {
    linear(device, y, x, weight_, bias_, after);
  }

 private:
  typename Device::template matrix<T> weight_;
  view<const typename Device::scalar, 1> bias_;
};

}  // namespace eev::layers

// In:  images [B, H, W, C].  Out: images [B, Y, X, N], channels last.  Rests on: core; the device's conv2d().
#pragma once

#include <eev/core/conv_extent.hpp>
#include <eev/core/epilogue.hpp>
#include <eev/core/weights.hpp>

namespace eev::layers {

/// A convolution: tensors `weight` [N, C, height, width] and, unless told otherwise, `bias` [N].
template <class Device, class T>
class conv2d_layer {
 public:
  conv2d_layer(Device& device, const weights& from, dim N, dim C, height_width size, height_width stride,
               height_width padding, bool with_bias = true)
      : filters_(
            device.template pack<T>(from.read("weight", {N, C, size[0], size[1]}), N, C, size[0], size[1])),
        stride_(stride),
        padding_(padding) {
    if (with_bias) bias_ = device.keep(from.read("bias", {N}));
  }

  void operator()(Device& device, view<T, 4> y, const_view<T, 4> x, epilogue after = epilogue::none) const {
    conv2d(device, y, x, filters_, bias_, stride_, padding_, after);
  }

 private:
  typename Device::template filters<T> filters_;
  height_width stride_, padding_;
  view<const typename Device::scalar, 1> bias_;
};

}  // namespace eev::layers

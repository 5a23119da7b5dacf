// In:  images [B, H, W, 3], 8 bits a colour.  Out: one token a 4x4 patch, [B, H/4, W/4, C].  Rests on:
// layers/norm; the device's image_patches() and linear().
#pragma once

#include <cstdint>

#include <eev/core/weights.hpp>
#include <eev/layers/norm.hpp>

namespace eev::layers {

/// A 4x4 convolution of stride 4, which is a linear layer on patches, and a layer norm.
template <class Device, class T>
class patch_embedding {
  using scalar = typename Device::scalar;

 public:
  patch_embedding(Device& device, const weights& from, dim C)
      : weight_(device.template pack<T>(from.scope("proj").read("weight", {C, 3, 4, 4}), C, 48)),
        bias_(device.keep(from.scope("proj").read("bias", {C}))),
        norm_(device, from.scope("norm"), C) {}

  void operator()(Device& device, view<scalar, 4> y, const_view<std::uint8_t, 4> rgb) const {
    auto scope = device.scope();
    auto patches = device.template take<T>(y.shape[0], y.shape[1], y.shape[2], 48);
    image_patches(device, patches, rgb);
    linear(device, y.rows(), patches.rows(), weight_, bias_);
    norm_(device, y.rows(), y.rows());
  }

 private:
  typename Device::template matrix<T> weight_;
  view<const scalar, 1> bias_;
  norm_layer<Device> norm_;
};

}  // namespace eev::layers

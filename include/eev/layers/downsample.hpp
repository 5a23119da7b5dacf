// In:  tokens x [B, H, W, C].  Out: a quarter of them, [B, H/2, W/2, 2C].  Rests on: layers/linear,
// layers/norm; the device's patch_merging().
#pragma once

#include <eev/layers/linear.hpp>
#include <eev/layers/norm.hpp>

namespace eev::layers {

/// Patch merging between two stages: tensors `norm` [4C] and `reduction.weight` [2C, 4C], without bias.
template <class Device, class T>
class downsample {
  using scalar = typename Device::scalar;

 public:
  downsample(Device& device, const weights& from, dim C)
      : norm_(device, from.scope("norm"), 4 * C),
        reduction_(device, from.scope("reduction"), 2 * C, 4 * C, false) {}

  void operator()(Device& device, view<scalar, 4> y, const_view<scalar, 4> x) const {
    const auto [B, H, W, C] = x.shape;
    auto scope = device.scope();
    auto merged = device.template take<T>(B, H / 2, W / 2, 4 * C);
    patch_merging(device, merged, x, norm_.gain(), norm_.bias(), norm_.epsilon);
    reduction_(device, y.rows(), merged.rows());
  }

 private:
  norm_layer<Device> norm_;
  linear_layer<Device, T> reduction_;
};

}  // namespace eev::layers

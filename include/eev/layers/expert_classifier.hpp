// In:  rows [R, K].  Out: scores [R, E] between 0 and 1.  Rests on: layers/linear; the device's
// mixture_of_experts().
#pragma once

#include <eev/layers/linear.hpp>

namespace eev::layers {

/// M logistic experts for each class and the gates that weigh them: tensors `gates.weight` [E (M + 1), K],
/// `experts.weight` [E M, K] and a `bias` beside each.
template <class Device>
class expert_classifier {
  using scalar = typename Device::scalar;

 public:
  expert_classifier(Device& device, const weights& from, dim E, dim M, dim K)
      : M_(M),
        gates_(device, from.scope("gates"), E * (M + 1), K),
        experts_(device, from.scope("experts"), E * M, K) {}

  /// x [R, K] -> y [R, E]
  void operator()(Device& device, view<scalar, 2> y, const_view<scalar, 2> x) const {
    const auto [R, E] = y.shape;
    auto scope = device.scope();
    auto gates = device.template take<scalar>(R, E * (M_ + 1)),
         experts = device.template take<scalar>(R, E * M_);
    gates_(device, gates, x);
    experts_(device, experts, x);
    mixture_of_experts(device, y, gates, experts);
  }

 private:
  dim M_;
  linear_layer<Device, scalar> gates_, experts_;
};

}  // namespace eev::layers

// In:  rows [R, K].  Out: rows [R, N], and the gradients on the way back.  Rests on: train/parameter_layout;
// the device's linear_forward(), linear_backward(), gate() and gate_backward().
#pragma once

#include <cmath>

#include <eev/core/epilogue.hpp>
#include <eev/train/parameter_layout.hpp>

namespace eev::train {

/// layers/linear.hpp for training. Begins as PyTorch's nn.Linear: between -1 / sqrt(K) and 1 / sqrt(K).
template <class Device>
class trainable_linear {
  using scalar = typename Device::scalar;

 public:
  trainable_linear(parameter_layout& layout, const std::string& name, dim N, dim K)
      : N_(N),
        K_(K),
        weight_(layout.add(name + ".weight", {N, K}, 1 / std::sqrt(double(K)))),
        bias_(layout.add(name + ".bias", {N}, 1 / std::sqrt(double(K)))) {}

  /// x [R, K] -> y [R, N]
  void forward(Device& device, view<scalar, 2> y, const_view<scalar, 2> x,
               const_view<scalar, 1> parameters) const {
    linear_forward(device, y, x, part(parameters, weight_, N_, K_), part(parameters, bias_, N_));
  }

  /// dy [R, N] -> dx [R, K], or added to dx; an empty dx is not computed.
  void backward(Device& device, view<scalar, 2> dx, view<scalar, 1> gradients, const_view<scalar, 2> dy,
                const_view<scalar, 2> x, const_view<scalar, 1> parameters,
                epilogue after = epilogue::none) const {
    linear_backward(device, dx, part(gradients, weight_, N_, K_), part(gradients, bias_, N_), dy, x,
                    part(parameters, weight_, N_, K_), after);
  }

 private:
  dim N_, K_, weight_, bias_;
};

/// layers/context_gating.hpp for training. The logits [R, C] are kept by the caller from one to the other.
template <class Device>
class trainable_gating {
  using scalar = typename Device::scalar;

 public:
  trainable_gating(parameter_layout& layout, const std::string& name, dim C)
      : linear_(layout, name + ".linear", C, C) {}

  /// x [R, C] -> y and logits [R, C]
  void forward(Device& device, view<scalar, 2> y, view<scalar, 2> logits, const_view<scalar, 2> x,
               const_view<scalar, 1> parameters) const {
    linear_.forward(device, logits, x, parameters);
    gate(device, y, x, logits);
  }

  /// dy [R, C] -> dx [R, C]; dx may be dy.
  void backward(Device& device, view<scalar, 2> dx, view<scalar, 1> gradients, const_view<scalar, 2> dy,
                const_view<scalar, 2> x, const_view<scalar, 2> logits,
                const_view<scalar, 1> parameters) const {
    auto scope = device.scope();
    auto dlogits = device.template take<scalar>(x.shape[0], x.shape[1]);
    gate_backward(device, dx, dlogits, dy, x, logits);
    linear_.backward(device, dx, gradients, dlogits, x, parameters, epilogue::add);
  }

 private:
  trainable_linear<Device> linear_;
};

}  // namespace eev::train

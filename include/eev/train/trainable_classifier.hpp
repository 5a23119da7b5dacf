// In:  rows [R, K].  Out: scores [R, E], and the gradients on the way back.  Rests on:
// train/trainable_linear; the device's sigmoid(), sigmoid_backward(), mixture_of_experts() and
// mixture_of_experts_backward().
#pragma once

#include <eev/head/head_shape.hpp>
#include <eev/train/trainable_linear.hpp>

namespace eev::train {

/// What ends the paper's head: a linear layer, a gating of its logits, a sigmoid.
template <class Device>
class trainable_gated_classifier {
  using scalar = typename Device::scalar;

 public:
  trainable_gated_classifier(parameter_layout& layout, const head_shape& shape)
      : linear_(layout, "linear", shape.expressions, shape.fused()),
        gating_(layout, "contextGate2", shape.expressions) {}

  /// What forward() keeps for backward(), in memory of the caller's scope: logits, and those of their gates.
  struct pass {
    view<scalar, 2> logits, gates;  ///< [R, E]
  };

  /// x [R, K] -> scores [R, E]
  pass forward(Device& device, view<scalar, 2> scores, const_view<scalar, 2> x,
               const_view<scalar, 1> parameters) const {
    const auto [R, E] = scores.shape;
    const pass kept{device.template take<scalar>(R, E), device.template take<scalar>(R, E)};
    linear_.forward(device, kept.logits, x, parameters);
    gating_.forward(device, scores, kept.gates, kept.logits, parameters);
    sigmoid(device, scores, scores);
    return kept;
  }

  /// dscores [R, E], which is overwritten -> dx [R, K]
  void backward(Device& device, view<scalar, 2> dx, view<scalar, 1> gradients, view<scalar, 2> dscores,
                const_view<scalar, 2> scores, const_view<scalar, 2> x, const pass& kept,
                const_view<scalar, 1> parameters) const {
    sigmoid_backward(device, dscores, dscores, scores);
    gating_.backward(device, dscores, gradients, dscores, kept.logits, kept.gates, parameters);
    linear_.backward(device, dx, gradients, dscores, x, parameters);
  }

 private:
  trainable_linear<Device> linear_;
  trainable_gating<Device> gating_;
};

/// layers/expert_classifier.hpp for training: what ends the head of the data set's authors.
template <class Device>
class trainable_expert_classifier {
  using scalar = typename Device::scalar;

 public:
  trainable_expert_classifier(parameter_layout& layout, const head_shape& shape)
      : M_(shape.experts),
        gates_(layout, "gates", shape.expressions * (M_ + 1), shape.fused()),
        experts_(layout, "experts", shape.expressions * M_, shape.fused()) {}

  /// What forward() keeps for backward(), in memory of the caller's scope.
  struct pass {
    view<scalar, 2> gates, experts;  ///< [R, E (M + 1)], [R, E M]
  };

  /// x [R, K] -> scores [R, E]
  pass forward(Device& device, view<scalar, 2> scores, const_view<scalar, 2> x,
               const_view<scalar, 1> parameters) const {
    const auto [R, E] = scores.shape;
    const pass kept{device.template take<scalar>(R, E * (M_ + 1)), device.template take<scalar>(R, E * M_)};
    gates_.forward(device, kept.gates, x, parameters);
    experts_.forward(device, kept.experts, x, parameters);
    mixture_of_experts(device, scores, kept.gates, kept.experts);
    return kept;
  }

  /// dscores [R, E] -> dx [R, K]
  void backward(Device& device, view<scalar, 2> dx, view<scalar, 1> gradients, const_view<scalar, 2> dscores,
                const_view<scalar, 2> scores, const_view<scalar, 2> x, const pass& kept,
                const_view<scalar, 1> parameters) const {
    mixture_of_experts_backward(device, kept.gates, kept.experts, dscores, scores, kept.gates, kept.experts);
    gates_.backward(device, dx, gradients, kept.gates, x, parameters);
    experts_.backward(device, dx, gradients, kept.experts, x, parameters, epilogue::add);
  }

 private:
  dim M_;
  trainable_linear<Device> gates_, experts_;
};

}  // namespace eev::train

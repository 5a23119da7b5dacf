// In:  sequences [B, T, In].  Out: states [B, T, 2U], and the gradients of the parameters on the way back.
// Rests on: train/parameter_layout; the device's linear_*(), gru_forward(), gru_backward() and dropout().
#pragma once

#include <cmath>

#include <eev/train/parameter_layout.hpp>

namespace eev::train {

/// layers/gru.hpp for training: the levels of a bidirectional GRU, with dropout between them. Begins as
/// PyTorch's nn.GRU: all numbers between -1 / sqrt(U) and 1 / sqrt(U).
template <class Device>
class trainable_gru {
  using scalar = typename Device::scalar;

 public:
  trainable_gru(parameter_layout& layout, const std::string& name, int levels, dim inputs, dim units)
      : units_(units) {
    for (int index = 0; index < levels; ++index) {
      const dim width = index == 0 ? inputs : 2 * units;
      // Both directions of a kind stand side by side, so that they are one matrix.
      const auto both = [&](const char* kind, const std::vector<dim>& shape) {
        const std::string tensor = message(name, ".", kind, "_l", index);
        const double bound = 1 / std::sqrt(double(units));
        const dim offset = layout.add(tensor, shape, bound);
        layout.add(tensor + "_reverse", shape, bound);
        return offset;
      };
      levels_.push_back({width, both("weight_ih", {3 * units, width}), both("bias_ih", {3 * units}),
                         both("weight_hh", {3 * units, units}), both("bias_hh", {3 * units})});
    }
  }

  /// What forward() keeps for backward(), in memory of the caller's scope.
  struct level_pass {
    view<const scalar, 3> x;  ///< [B, T, In]
    view<scalar, 4> kept;     ///< [B, T, 2, 4U]
    view<scalar, 3> y;        ///< [B, T, 2U]
  };
  using pass = std::vector<level_pass>;

  /// The last level's y is the result. `stream` is where dropout draws its numbers from.
  pass forward(Device& device, const_view<scalar, 3> x, const_view<scalar, 1> parameters, float rate,
               std::uint64_t stream) const {
    const dim B = x.shape[0], T = x.shape[1];
    pass pass;
    for (const level& level : levels_) {
      if (&level != &levels_.front()) {
        auto dropped = device.template take<scalar>(B, T, 2 * units_);
        dropout(device, dropped.rows(), x.rows(), rate, random_stream(stream, pass.size()));
        x = dropped;
      }
      auto y = device.template take<scalar>(B, T, 2 * units_);
      auto kept = device.template take<scalar>(B, T, 2, 4 * units_);
      auto scope = device.scope();
      auto projected = device.template take<scalar>(B, T, 2, 3 * units_);
      linear_forward(device, projected.as(B * T, 6 * units_), x.rows(),
                     level.input_weight(parameters, units_), level.input_bias(parameters, units_));
      gru_forward(device, y, kept, projected, level.weight(parameters, units_),
                  level.bias(parameters, units_));
      pass.push_back({x, kept, y});
      x = y;
    }
    return pass;
  }

  /// dy [B, T, 2U] -> the gradients of the parameters
  void backward(Device& device, view<scalar, 1> gradients, const_view<scalar, 3> dy, const pass& pass,
                const_view<scalar, 1> parameters, float rate, std::uint64_t stream) const {
    const dim B = dy.shape[0], T = dy.shape[1];
    auto scope = device.scope();
    auto dprojected = device.template take<scalar>(B, T, 2, 3 * units_);
    auto dx = device.template take<scalar>(B, T, 2 * units_);
    for (std::size_t i = levels_.size(); i-- > 0;) {
      const level& level = levels_[i];
      gru_backward(device, dprojected, level.weight(gradients, units_), level.bias(gradients, units_), dy,
                   pass[i].y, pass[i].kept, level.weight(parameters, units_));
      const bool first = i == 0;  // nobody asks for the gradient of the features
      linear_backward(device, first ? view<scalar, 2>{} : dx.rows(), level.input_weight(gradients, units_),
                      level.input_bias(gradients, units_), dprojected.as(B * T, 6 * units_), pass[i].x.rows(),
                      level.input_weight(parameters, units_));
      if (!first) dropout(device, dx.rows(), dx.rows(), rate, random_stream(stream, i));
      dy = dx;
    }
  }

 private:
  /// The width of the rows and the offsets of the tensors of one level.
  struct level {
    dim inputs, input_weights, input_biases, weights, biases;

    template <class T>
    auto input_weight(view<T, 1> slab, dim U) const {
      return part(slab, input_weights, 6 * U, inputs);
    }
    template <class T>
    auto input_bias(view<T, 1> slab, dim U) const {
      return part(slab, input_biases, 6 * U);
    }
    template <class T>
    auto weight(view<T, 1> slab, dim U) const {
      return part(slab, weights, 2, 3 * U, U);
    }
    template <class T>
    auto bias(view<T, 1> slab, dim U) const {
      return part(slab, biases, 2, 3 * U);
    }
  };

  dim units_;
  std::vector<level> levels_;
};

}  // namespace eev::train

// In:  sequences [B, T, In].  Out: sequences [B, T, 2U] that know past and future.  Rests on: core,
// layers/linear; the device's linear() and gru().
#pragma once

#include <array>
#include <string>

#include <eev/core/weights.hpp>

namespace eev::layers {

/// One level of PyTorch's nn.GRU(bidirectional=True, batch_first=True): tensors weight_ih_l0 [3U, In],
/// weight_hh_l0 [3U, U], bias_ih_l0 and bias_hh_l0 [3U], and the same with `_reverse`; l1 for the next level.
template <class Device>
class gru_layer {
  using scalar = typename Device::scalar;

 public:
  gru_layer(Device& device, const weights& from, int level, dim inputs, dim units)
      : units_(units),
        input_weight_(device.template pack<scalar>(both(from, "weight_ih", level, {3 * units, inputs}),
                                                   6 * units, inputs)),
        input_bias_(device.keep(both(from, "bias_ih", level, {3 * units}))),
        weight_{recurrent(device, from, level, ""), recurrent(device, from, level, "_reverse")},
        bias_(device.keep(both(from, "bias_hh", level, {3 * units})).as(2, 3 * units)) {}

  /// x [B, T, In] -> y [B, T, 2U]
  void operator()(Device& device, view<scalar, 3> y, const_view<scalar, 3> x) const {
    auto scope = device.scope();
    auto projected = device.template take<scalar>(x.shape[0], x.shape[1], 2, 3 * units_);
    linear(device, projected.as(x.shape[0] * x.shape[1], 6 * units_), x.rows(), input_weight_, input_bias_);
    gru(device, y, projected, weight_, bias_);
  }

 private:
  static std::string name(const char* kind, int level, const char* direction) {
    return message(kind, "_l", level, direction);
  }

  /// Both directions' tensors, one after the other.
  static std::vector<float> both(const weights& from, const char* kind, int level,
                                 const std::vector<dim>& shape) {
    auto values = from.read(name(kind, level, ""), shape);
    const auto reverse = from.read(name(kind, level, "_reverse"), shape);
    values.insert(values.end(), reverse.begin(), reverse.end());
    return values;
  }

  auto recurrent(Device& device, const weights& from, int level, const char* direction) const {
    return device.template pack<scalar>(from.read(name("weight_hh", level, direction), {3 * units_, units_}),
                                        3 * units_, units_);
  }

  dim units_;
  typename Device::template matrix<scalar> input_weight_;
  view<const scalar, 1> input_bias_;
  std::array<typename Device::template matrix<scalar>, 2> weight_;
  view<const scalar, 2> bias_;
};

/// Several levels: each reads both directions of the one below.
template <class Device>
class bidirectional_gru {
  using scalar = typename Device::scalar;

 public:
  bidirectional_gru(Device& device, const weights& from, int levels, dim inputs, dim units) : units_(units) {
    for (int level = 0; level < levels; ++level)
      levels_.emplace_back(device, from, level, level == 0 ? inputs : 2 * units, units);
  }

  /// x [B, T, In] -> y [B, T, 2U]
  void operator()(Device& device, view<scalar, 3> y, const_view<scalar, 3> x) const {
    auto scope = device.scope();
    for (const auto& level : levels_) {
      const bool last = &level == &levels_.back();
      auto states = last ? y : device.template take<scalar>(y.shape[0], y.shape[1], 2 * units_);
      level(device, states, x);
      x = states;
    }
  }

 private:
  dim units_;
  std::vector<gru_layer<Device>> levels_;
};

}  // namespace eev::layers

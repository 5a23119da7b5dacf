// In:  visual rows [B, T, C] and audio rows [B, T, 128] of clips.  Out: scores [B, T, 15] between 0 and 1.
// Rests on: layers; the device's standardise(), concatenate() and sigmoid().
//
// Lin et al. 2021, section 3.1, or, with experts, the baseline that it is compared with. Tensors have the
// names of the authors' checkpoints; dropout belongs to training.
#pragma once

#include <algorithm>

#include <eev/core/side_by_side.hpp>
#include <eev/head/head_shape.hpp>
#include <eev/layers/context_gating.hpp>
#include <eev/layers/expert_classifier.hpp>
#include <eev/layers/gru.hpp>

namespace eev {

/// One modality: its rows standardised, if the file has statistics of the training data, and its GRU.
template <class Device>
class head_branch {
  using scalar = typename Device::scalar;

 public:
  /// Tensors GRU.* and, optionally, ROWS_mean and ROWS_std [inputs].
  head_branch(Device& device, const weights& from, const std::string& gru, const std::string& rows,
              int layers, dim inputs, dim units)
      : gru_(device, from.scope(gru), layers, inputs, units) {
    if (!from.has(rows + "_mean") && !from.has(rows + "_std")) return;
    const auto deviation = from.read(rows + "_std", {inputs});
    const auto least = std::min_element(deviation.begin(), deviation.end());
    require(*least > 0, "tensor '", rows, "_std' holds ", *least, " at index ", least - deviation.begin(),
            ", expected positive numbers (1 for a column that never changes)");
    mean_ = device.keep(from.read(rows + "_mean", {inputs}));
    deviation_ = device.keep(deviation);
  }

  /// x [B, T, inputs] -> y [B, T, 2 units]
  void operator()(Device& device, view<scalar, 3> y, const_view<scalar, 3> x) const {
    if (!mean_.data) return gru_(device, y, x);
    auto scope = device.scope();
    auto standard = device.template take<scalar>(x.shape[0], x.shape[1], x.shape[2]);
    standardise(device, standard.rows(), x.rows(), mean_, deviation_);
    gru_(device, y, standard);
  }

 private:
  layers::bidirectional_gru<Device> gru_;
  view<const scalar, 1> mean_, deviation_;
};

/// The network from features to scores. A modality of no units may be handed over as an empty view.
template <class Device>
class head {
  using scalar = typename Device::scalar;

 public:
  head(Device& device, const weights& from, const head_shape& shape)
      : shape_(shape), fused_gating_(device, from.scope("contextGate1"), shape.fused()) {
    if (shape.experts > 0) {
      experts_.emplace(device, from, shape.expressions, shape.experts, shape.fused());
    } else {
      classifier_.emplace(device, from.scope("linear"), shape.expressions, shape.fused());
      logit_gating_.emplace(device, from.scope("contextGate2"), shape.expressions);
    }
    if (shape.visual_units > 0)
      image_.emplace(device, from, "image_gru", "visual", shape.layers, shape.visual, shape.visual_units);
    if (shape.audio_units > 0)
      audio_.emplace(device, from, "audio_gru", "audio", shape.layers, shape.audio, shape.audio_units);
  }

  const head_shape& shape() const { return shape_; }

  /// visual [B, T, C], audio [B, T, A] -> y [B, T, E]. Clips do not see each other.
  void operator()(Device& device, view<scalar, 3> y, const_view<scalar, 3> visual,
                  const_view<scalar, 3> audio) const {
    const auto [B, T, E] = y.shape;
    require(E == shape_.expressions && (!image_ || visual.shape == std::array{B, T, shape_.visual}) &&
                (!audio_ || audio.shape == std::array{B, T, shape_.audio}),
            "head: y ", y.shape, ", visual ", visual.shape, ", audio ", audio.shape, "; expected y [B, T, ",
            shape_.expressions, "], visual [B, T, ", shape_.visual, "], audio [B, T, ", shape_.audio, "]");
    auto scope = device.scope();
    auto fused = device.template take<scalar>(B * T, shape_.fused());
    fuse(device, fused, visual, audio);
    fused_gating_(device, fused, fused);
    if (experts_) return (*experts_)(device, y.rows(), fused);
    auto logits = device.template take<scalar>(B * T, E);
    (*classifier_)(device, logits, fused);
    (*logit_gating_)(device, logits, logits);
    sigmoid(device, y.rows(), logits);
  }

 private:
  /// The states of both GRUs side by side: [B T, 2 (visual units + audio units)]
  void fuse(Device& device, view<scalar, 2> y, const_view<scalar, 3> visual,
            const_view<scalar, 3> audio) const {
    const auto states = [&](const head_branch<Device>& branch, view<scalar, 2> y, const_view<scalar, 3> x) {
      branch(device, y.as(x.shape[0], x.shape[1], y.shape[1]), x);
    };
    if (!audio_) return states(*image_, y, visual);
    if (!image_) return states(*audio_, y, audio);
    auto scope = device.scope();
    auto seen = device.template take<scalar>(y.shape[0], 2 * shape_.visual_units);
    auto heard = device.template take<scalar>(y.shape[0], 2 * shape_.audio_units);
    side_by_side(
        device, [&] { states(*image_, seen, visual); }, [&] { states(*audio_, heard, audio); });
    concatenate(device, y, seen, heard);
  }

  head_shape shape_;
  std::optional<head_branch<Device>> image_, audio_;
  layers::context_gating<Device> fused_gating_;
  std::optional<layers::linear_layer<Device, scalar>> classifier_;
  std::optional<layers::context_gating<Device>> logit_gating_;
  std::optional<layers::expert_classifier<Device>> experts_;
};

}  // namespace eev

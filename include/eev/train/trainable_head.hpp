// In:  visual rows [B, T, C], audio rows [B, T, A], labels [B, T, E] and a mask [B, T] of clips.  Out: the
// loss, and the gradient of every parameter.  Rests on: head/head_shape, train; the device's operations.
//
// head/head.hpp for training. All parameters stand in one slab, their gradients in another of the same
// layout; a step is gradients(), then an optimizer over the two slabs. The slabs come from the device's
// scratch memory: make the object where no scope is open.
#pragma once

#include <optional>

#include <eev/core/side_by_side.hpp>
#include <eev/core/weights.hpp>
#include <eev/head/head_shape.hpp>
#include <eev/train/cross_modal.hpp>
#include <eev/train/losses.hpp>
#include <eev/train/trainable_classifier.hpp>
#include <eev/train/trainable_gru.hpp>

namespace eev::train {

/// Clips of equal length, on the device. A modality of no units may be an empty view. Rows whose mask is 0
/// (padding, or labels not to be learned) do not count in the loss, whatever they hold.
template <class T>
struct training_batch {
  view<const T, 3> visual, audio, labels;
  view<const T, 2> mask;
  view<const T, 1> videos = {};  ///< [2 B], which video each clip is of, twice over: for the instance loss
};

template <class Device>
class trainable_head {
  using scalar = typename Device::scalar;

 public:
  /// Parameters begin as PyTorch's do, drawn from `seed`.
  trainable_head(Device& device, const head_shape& shape, std::uint64_t seed,
                 const cross_modal_settings& cross_modal = {})
      : trainable_head(device, shape, cross_modal) {
    upload(device, parameters_, initial_values(layout_, seed));
  }

  /// Parameters, and statistics if there are any, as a head file has them.
  trainable_head(Device& device, const head_shape& shape, const weights& from,
                 const cross_modal_settings& cross_modal = {})
      : trainable_head(device, shape, cross_modal) {
    std::vector<float> values(layout_.size());
    for (const parameter& parameter : layout_.parameters()) {
      const auto tensor = from.read(parameter.name, parameter.shape);
      std::copy(tensor.begin(), tensor.end(), values.begin() + parameter.offset);
    }
    upload(device, parameters_, values);
    read_statistics(device, from);
  }

  const head_shape& shape() const { return shape_; }
  const parameter_layout& layout() const { return layout_; }
  view<scalar, 1> parameters() { return parameters_; }
  view<scalar, 1> gradients() { return gradients_; }

  /// The statistics in a head file, if it has any.
  void read_statistics(Device& device, const weights& from) {
    for (branch* branch : branches())
      if (from.has(branch->rows + "_mean"))
        standardise_by(device, branch->rows, from.read(branch->rows + "_mean", {branch->inputs}),
                       from.read(branch->rows + "_std", {branch->inputs}));
  }

  /// From now on the rows of a modality, `visual` or `audio`, are standardised by the mean and the standard
  /// deviation of each column.
  void standardise_by(Device& device, const std::string& rows, const std::vector<float>& mean,
                      const std::vector<float>& deviation) {
    for (branch* branch : branches())
      if (branch->rows == rows) {
        require(dim(mean.size()) == branch->inputs && dim(deviation.size()) == branch->inputs, rows,
                "_mean and _std have ", mean.size(), " and ", deviation.size(), " numbers, expected ",
                branch->inputs);
        branch->mean = device.keep(mean), branch->deviation = device.keep(deviation);
      }
  }

  /// The loss of a batch, and in gradients() its derivatives. `rate` is that of the dropout between the
  /// levels of the GRUs, `stream` where it draws its numbers from: random_stream(seed, step).
  double gradients(Device& device, const training_batch<scalar>& batch, const loss_parts& loss, float rate,
                   std::uint64_t stream) {
    const auto [B, T, E] = batch.labels.shape;
    require(E == shape_.expressions && batch.mask.shape == std::array{B, T} &&
                (!image_ || batch.visual.shape == std::array{B, T, shape_.visual}) &&
                (!audio_ || batch.audio.shape == std::array{B, T, shape_.audio}),
            "training a head: labels ", batch.labels.shape, ", mask ", batch.mask.shape, ", visual ",
            batch.visual.shape, ", audio ", batch.audio.shape, "; expected labels [B, T, ",
            shape_.expressions, "], mask [B, T], visual [B, T, ", shape_.visual, "], audio [B, T, ",
            shape_.audio, "]");
    const dim R = B * T;
    auto scope = device.scope();
    const auto rows = [&](dim width) { return device.template take<scalar>(R, width); };
    auto scores = rows(E);
    const auto kept = forward(device, scores, batch.visual, batch.audio, rate, stream);

    auto total = device.template take<scalar>(1);
    auto dscores = rows(E), dfused = rows(shape_.fused());
    apply_loss(device, total, dscores.as(B, T, E), scores.as(B, T, E), batch.labels, batch.mask, loss);

    if (experts_)
      experts_->backward(device, dfused, gradients_, dscores, scores, kept.gated, kept.expert_pass,
                         parameters_);
    else
      classifier_->backward(device, dfused, gradients_, dscores, scores, kept.gated, kept.classifier_pass,
                            parameters_);
    fused_gating_.backward(device, dfused, gradients_, dfused, kept.fused, kept.fused_logits, parameters_);
    view<scalar, 2> dseen = dfused, dheard = dfused;
    if (image_ && audio_) {
      dseen = rows(2 * shape_.visual_units), dheard = rows(2 * shape_.audio_units);
      concatenate_backward(device, dseen, dheard, dfused);
    }
    if (cross_modal_)
      cross_modal_->add(device, total, {dseen.as(B, T, dseen.shape[1]), dheard.as(B, T, dheard.shape[1])},
                        {kept.passes[0].back().y, kept.passes[1].back().y}, batch.videos, gradients_,
                        parameters_);
    of_both(device, [&](const branch& branch, int which) {
      const auto dy = which == 0 ? dseen : dheard;
      branch.gru.backward(device, gradients_, dy.as(B, T, dy.shape[1]), kept.passes[which], parameters_, rate,
                          random_stream(stream, which));
    });
    scalar result;
    device.download(view<scalar, 1>{&result, {1}}, total);
    return double(result);
  }

  /// visual [B, T, C], audio [B, T, A] -> y [B, T, E], as head<Device> computes them, from the parameters as
  /// they are now.
  void scores(Device& device, view<scalar, 3> y, const_view<scalar, 3> visual, const_view<scalar, 3> audio) {
    auto scope = device.scope();
    forward(device, y.rows(), visual, audio, 0, 0);
  }

  /// A copy of the parameters and statistics under the names of head files: what head<Device> is made from,
  /// and what a checkpoint holds.
  std::vector<std::pair<parameter, std::vector<float>>> tensors(Device& device) {
    std::vector<float> values(layout_.size());
    device.download(view<float, 1>{values.data(), {layout_.size()}}, parameters_);
    std::vector<std::pair<parameter, std::vector<float>>> tensors;
    for (const parameter& parameter : layout_.parameters()) {
      const auto begin = values.begin() + parameter.offset;
      tensors.emplace_back(parameter, std::vector<float>(begin, begin + parameter.size));
    }
    for (branch* branch : branches()) {
      if (!branch->mean.data) continue;
      for (auto [ending, statistic] : {std::pair{"_mean", branch->mean}, {"_std", branch->deviation}}) {
        std::vector<float> copy(branch->inputs);
        device.download(view<float, 1>{copy.data(), {branch->inputs}}, statistic);
        tensors.emplace_back(parameter{branch->rows + ending, {branch->inputs}, 0, branch->inputs, 0}, copy);
      }
    }
    return tensors;
  }

 private:
  using pass = typename trainable_gru<Device>::pass;
  using gated_classifier = trainable_gated_classifier<Device>;
  using expert_classifier = trainable_expert_classifier<Device>;

  struct branch {
    std::string rows;  ///< `visual` or `audio`
    dim inputs;
    trainable_gru<Device> gru;
    view<const scalar, 1> mean, deviation;
  };

  trainable_head(Device& device, const head_shape& shape, const cross_modal_settings& cross_modal)
      : shape_(shape),
        image_(make_branch("image_gru", "visual", shape.visual, shape.visual_units)),
        audio_(make_branch("audio_gru", "audio", shape.audio, shape.audio_units)),
        fused_gating_(layout_, "contextGate1", shape.fused()),
        classifier_(make_classifier<gated_classifier>(shape.experts == 0)),
        experts_(make_classifier<expert_classifier>(shape.experts > 0)),
        cross_modal_(
            cross_modal.kind == cross_modal_settings::none
                ? std::nullopt
                : std::optional<cross_modal_loss<Device>>(std::in_place, layout_, shape, cross_modal)),
        parameters_(device.template take<scalar>(layout_.size())),
        gradients_(device.template take<scalar>(layout_.size())) {
    require(image_ || audio_, "a head of no modality: visual_units and audio_units are both 0");
  }

  std::optional<branch> make_branch(const char* name, const char* rows, dim inputs, dim units) {
    if (units == 0) return std::nullopt;
    return branch{rows, inputs, {layout_, name, shape_.layers, inputs, units}, {}, {}};
  }

  template <class Classifier>
  std::optional<Classifier> make_classifier(bool wanted) {
    return wanted ? std::optional<Classifier>(std::in_place, layout_, shape_) : std::nullopt;
  }

  std::vector<branch*> branches() {
    std::vector<branch*> all;
    for (auto* branch : {&image_, &audio_})
      if (*branch) all.push_back(&**branch);
    return all;
  }

  /// Work on each modality that is there, 0 for what is seen, 1 for what is heard.
  template <class Work>
  void of_both(Device& device, Work work) {
    const auto seen = [&] {
      if (image_) work(*image_, 0);
    };
    const auto heard = [&] {
      if (audio_) work(*audio_, 1);
    };
    side_by_side(device, seen, heard);
  }

  /// What forward() keeps for the way back, in memory of the caller's scope.
  struct forward_pass {
    std::array<pass, 2> passes;
    view<scalar, 2> fused, fused_logits, gated;
    typename gated_classifier::pass classifier_pass;
    typename expert_classifier::pass expert_pass;
  };

  /// visual [B, T, C], audio [B, T, A] -> scores [B T, E]
  forward_pass forward(Device& device, view<scalar, 2> scores, const_view<scalar, 3> visual,
                       const_view<scalar, 3> audio, float rate, std::uint64_t stream) {
    const dim R = scores.shape[0], F = shape_.fused();
    const auto rows = [&](dim width) { return device.template take<scalar>(R, width); };
    forward_pass kept;
    auto& [passes, fused, fused_logits, gated, classifier_pass, expert_pass] = kept;
    of_both(device, [&](const branch& branch, int which) {
      passes[which] =
          forward(device, branch, which == 0 ? visual : audio, rate, random_stream(stream, which));
    });
    fused = image_ ? passes[0].back().y.rows() : passes[1].back().y.rows();
    if (image_ && audio_) {
      fused = rows(F);
      concatenate(device, fused, passes[0].back().y.rows(), passes[1].back().y.rows());
    }
    fused_logits = rows(F), gated = rows(F);
    fused_gating_.forward(device, gated, fused_logits, fused, parameters_);
    if (experts_)
      expert_pass = experts_->forward(device, scores, gated, parameters_);
    else
      classifier_pass = classifier_->forward(device, scores, gated, parameters_);
    return kept;
  }

  pass forward(Device& device, const branch& branch, const_view<scalar, 3> x, float rate,
               std::uint64_t stream) {
    if (branch.mean.data) {
      auto standard = device.template take<scalar>(x.shape[0], x.shape[1], x.shape[2]);
      standardise(device, standard.rows(), x.rows(), branch.mean, branch.deviation);
      x = standard;
    }
    return branch.gru.forward(device, x, parameters_, rate, stream);
  }

  void upload(Device& device, view<scalar, 1> to, const std::vector<float>& values) {
    device.upload(to, view<const float, 1>{values.data(), {dim(values.size())}});
  }

  head_shape shape_;
  parameter_layout layout_;
  std::optional<branch> image_, audio_;
  trainable_gating<Device> fused_gating_;
  std::optional<gated_classifier> classifier_;
  std::optional<expert_classifier> experts_;
  std::optional<cross_modal_loss<Device>> cross_modal_;
  view<scalar, 1> parameters_, gradients_;
};

}  // namespace eev::train

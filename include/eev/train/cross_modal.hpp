// In:  the states of both GRUs, [B, T, 2 U] each.  Out: how badly picture and sound of a clip find each
// other, and the gradients on the way back.  Rests on: head/head_shape, train/trainable_linear; the device's
// mean_pool(), unit_rows(), class_loss(), linear_forward() and the way back of these.
#pragma once

#include <array>
#include <cmath>
#include <optional>

#include <eev/core/epilogue.hpp>
#include <eev/head/head_shape.hpp>
#include <eev/train/trainable_linear.hpp>

namespace eev::train {

/// An auxiliary loss between the modalities, which the paper leaves to future work.
struct cross_modal_settings {
  enum { none, instance, contrastive } kind = none;
  double weight = 0;
  dim instances = 0;  ///< how many videos there are to tell apart
};

/// The states of each modality are averaged over the clip and projected to a common width: its embedding. The
/// layers for that are of training alone: their tensors' names begin with "training.".
///   instance (Zheng et al. 2020): one linear layer has to tell from either embedding which video it is of.
///   contrastive (Radford et al. 2021): by the cosine of embeddings, over a temperature, each picture has to
///   find its sound among those of the batch, and each sound its picture.
template <class Device>
class cross_modal_loss {
  using scalar = typename Device::scalar;

 public:
  static constexpr dim width = 128;
  static constexpr double temperature = 0.07;

  cross_modal_loss(parameter_layout& layout, const head_shape& shape, const cross_modal_settings& settings)
      : settings_(settings),
        projections_{{{layout, "training.visual_projection", width, 2 * shape.visual_units},
                      {layout, "training.audio_projection", width, 2 * shape.audio_units}}} {
    require(shape.visual_units > 0 && shape.audio_units > 0,
            "cross_modal: a loss between picture and sound needs units of both");
    if (settings.kind == cross_modal_settings::instance)
      instances_.emplace(layout, "training.instances", settings.instances, width);
  }

  /// Adds to the loss [1], and the gradients by the states to dseen and dheard [B, T, 2 U]; writes those of
  /// the parameters. videos [2 B]: which video each clip is of, twice over; contrastive needs none.
  void add(Device& device, view<scalar, 1> loss, const std::array<view<scalar, 3>, 2>& dstates,
           const std::array<const_view<scalar, 3>, 2>& states, const_view<scalar, 1> videos,
           view<scalar, 1> gradients, const_view<scalar, 1> parameters) const {
    const dim B = states[0].shape[0];
    auto scope = device.scope();
    const auto rows = [&](dim R, dim C) { return device.template take<scalar>(R, C); };
    const auto embeddings = rows(2 * B, width), dembeddings = rows(2 * B, width);
    std::array<view<scalar, 2>, 2> means;
    for (int i : {0, 1}) {
      means[i] = rows(B, states[i].shape[2]);
      mean_pool(device, means[i], states[i]);
      projections_[i].forward(device, half(embeddings, i), means[i], parameters);
    }
    if (instances_) {
      const auto logits = rows(2 * B, settings_.instances);
      instances_->forward(device, logits, embeddings, parameters);
      class_loss(device, loss, logits, logits, videos, settings_.weight);
      instances_->backward(device, dembeddings, gradients, logits, embeddings, parameters);
    } else {
      find_each_other(device, loss, dembeddings, embeddings);
    }
    for (int i : {0, 1}) {
      const auto dmeans = rows(B, means[i].shape[1]);
      projections_[i].backward(device, dmeans, gradients, half(dembeddings, i), means[i], parameters);
      mean_pool_backward(device, dstates[i], dmeans);
    }
  }

 private:
  /// The pictures' or the sounds' rows of [2 B, C].
  template <class T>
  static view<T, 2> half(view<T, 2> rows, int i) {
    const dim B = rows.shape[0] / 2;
    return rows.slices(i * B, (i + 1) * B);
  }

  /// The contrastive loss of embeddings [2 B, width].
  void find_each_other(Device& device, view<scalar, 1> loss, view<scalar, 2> dembeddings,
                       const_view<scalar, 2> embeddings) const {
    const dim B = embeddings.shape[0] / 2;
    const double length = 1 / std::sqrt(temperature);  // so that products are cosines over the temperature
    auto scope = device.scope();
    const auto rows = [&](dim R, dim C) { return device.template take<scalar>(R, C); };
    const auto unit = rows(2 * B, width), dasking = rows(B, width), dasked = rows(B, width),
               logits = rows(B, B);
    const auto unused = device.template take<scalar>(B);  // the gradient of a bias that is not there
    unit_rows(device, unit, embeddings, length);
    for (int i : {0, 1}) {
      const auto asking = half(unit, i), asked = half(unit, 1 - i);
      linear_forward(device, logits, asking, asked, const_view<scalar, 1>{});
      class_loss(device, loss, logits, logits, const_view<scalar, 1>{}, settings_.weight / 2);
      linear_backward(device, dasking, dasked, unused, logits, asking, asked);
      const auto after = i == 0 ? epilogue::none : epilogue::add;
      unit_rows_backward(device, half(dembeddings, i), dasking, asking, half(embeddings, i), length, after);
      unit_rows_backward(device, half(dembeddings, 1 - i), dasked, asked, half(embeddings, 1 - i), length,
                         after);
    }
  }

  cross_modal_settings settings_;
  std::array<trainable_linear<Device>, 2> projections_;
  std::optional<trainable_linear<Device>> instances_;
};

}  // namespace eev::train

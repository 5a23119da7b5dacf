#include <doctest/doctest.h>

#include <eev/cuda/adam.hpp>
#include <eev/cuda/class_loss.hpp>
#include <eev/cuda/clip_norm.hpp>
#include <eev/cuda/concatenate.hpp>
#include <eev/cuda/concatenate_backward.hpp>
#include <eev/cuda/correlation_loss.hpp>
#include <eev/cuda/dropout.hpp>
#include <eev/cuda/elementwise_loss.hpp>
#include <eev/cuda/gate.hpp>
#include <eev/cuda/gate_backward.hpp>
#include <eev/cuda/gru_backward.hpp>
#include <eev/cuda/linear_backward.hpp>
#include <eev/cuda/mean_pool.hpp>
#include <eev/cuda/mean_pool_backward.hpp>
#include <eev/cuda/mixture_of_experts.hpp>
#include <eev/cuda/running_mean.hpp>
#include <eev/cuda/standardise.hpp>
#include <eev/cuda/unit_rows.hpp>
#include <eev/reference/adam.hpp>
#include <eev/reference/class_loss.hpp>
#include <eev/reference/clip_norm.hpp>
#include <eev/reference/concatenate.hpp>
#include <eev/reference/concatenate_backward.hpp>
#include <eev/reference/correlation_loss.hpp>
#include <eev/reference/dropout.hpp>
#include <eev/reference/elementwise_loss.hpp>
#include <eev/reference/gate_backward.hpp>
#include <eev/reference/gru_backward.hpp>
#include <eev/reference/linear_backward.hpp>
#include <eev/reference/mean_pool_backward.hpp>
#include <eev/reference/mixture_of_experts.hpp>
#include <eev/reference/running_mean.hpp>
#include <eev/reference/standardise.hpp>
#include <eev/reference/unit_rows.hpp>
#include <eev/train/optimizer.hpp>
#include <eev/train/trainable_head.hpp>

#include "close.hpp"
#include "formula_curves.hpp"
#include "formula_rows.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

namespace {

struct result {
  std::vector<double> losses, gradients, parameters;
};

/// `steps` steps of AdamW on one batch of two clips, the second with padding: the losses, the last gradients,
/// and the parameters at the end.
template <class Device>
result train(const head_shape& shape, dim T, int steps, const train::cross_modal_settings& cross_modal) {
  using scalar = typename Device::scalar;
  const dim B = 2;
  Device device;
  train::trainable_head<Device> head(device, shape, 7, cross_modal);
  head.standardise_by(device, "visual", std::vector<float>(shape.visual, 0.1f),
                      std::vector<float>(shape.visual, 0.8f));
  const dim N = head.layout().size();
  train::adam_optimizer<Device> optimizer(device, N);
  train::weight_average<Device> average(device, N);
  const auto norm = device.template take<scalar>(1);
  const auto there = [&](const auto& values, auto... extents) {
    const auto tensor = device.template take<scalar>(extents...);
    device.upload(tensor, shaped(values, extents...));
    return tensor;
  };
  const formula_curves<double> curves(B, T, shape.expressions);
  const train::training_batch<scalar> batch{
      there(formula_rows<double>(B, T, shape.visual), B, T, shape.visual),
      there(formula_rows<double>(B, T, shape.audio), B, T, shape.audio),
      there(curves.labels, B, T, shape.expressions), there(curves.mask, B, T),
      there(std::vector<double>{2, 0, 2, 0}, 2 * B)};
  const train::loss_parts loss{.elementwise = {.l1 = 1, .kl = 1}, .correlation = {.ccc = 0.5}};

  result result;
  for (int step = 0; step < steps; ++step) {
    result.losses.push_back(head.gradients(device, batch, loss, 0.3f, random_stream(7, step)));
    clip_norm(device, head.gradients(), norm, 1);
    optimizer.step(device, head.parameters(), head.gradients(),
                   {.rate = 1e-2, .epsilon = 1e-4, .decay = 0.1, .decoupled = true});
    average.add(device, head.parameters());
  }
  result.gradients.resize(N), result.parameters.resize(N);
  device.download(shaped(result.gradients, N), head.gradients());
  device.download(shaped(result.parameters, N), average.mean());
  return result;
}

void trains_as_the_reference(const head_shape& shape, dim T, int steps,
                             const train::cross_modal_settings& cross_modal = {}) {
  const auto expected = train<reference::device<double>>(shape, T, steps, cross_modal);
  in_every_order([&] {
    const auto ours = train<cuda::device>(shape, T, steps, cross_modal);
    CHECK(largest_difference(ours.losses, expected.losses) < 1e-6);          // measured: 3e-8
    CHECK(relative_difference(ours.gradients, expected.gradients) < 2e-5);   // measured: 2.5e-6
    CHECK(largest_difference(ours.parameters, expected.parameters) < 1e-6);  // measured: 8e-8
  });
}

}  // namespace

TEST_CASE("a step of training on the GPU is the reference's") {
  for (const dim experts : {0, 2})
    trains_as_the_reference({.visual = 5,
                             .audio = 3,
                             .visual_units = 4,
                             .audio_units = 2,
                             .layers = 1,
                             .expressions = 3,
                             .experts = experts},
                            4, 1);
}

TEST_CASE("a step with a loss between picture and sound on the GPU is the reference's") {
  using train::cross_modal_settings;
  for (const auto& cross_modal : {cross_modal_settings{cross_modal_settings::instance, 0.3, 3},
                                  {cross_modal_settings::contrastive, 0.3}})
    trains_as_the_reference(
        {.visual = 5, .audio = 3, .visual_units = 4, .audio_units = 2, .layers = 1, .expressions = 3}, 4, 1,
        cross_modal);
}

TEST_CASE("large: a head of two levels is trained on the GPU as on the reference") {
  trains_as_the_reference(
      {.visual = 37, .audio = 16, .visual_units = 35, .audio_units = 8, .layers = 2, .expressions = 15}, 13,
      4);
}

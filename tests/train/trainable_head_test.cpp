#include <algorithm>

#include <doctest/doctest.h>

#include <eev/reference/adam.hpp>
#include <eev/reference/class_loss.hpp>
#include <eev/reference/concatenate.hpp>
#include <eev/reference/concatenate_backward.hpp>
#include <eev/reference/correlation_loss.hpp>
#include <eev/reference/dropout.hpp>
#include <eev/reference/elementwise_loss.hpp>
#include <eev/reference/gate.hpp>
#include <eev/reference/gate_backward.hpp>
#include <eev/reference/gru.hpp>
#include <eev/reference/gru_backward.hpp>
#include <eev/reference/linear_backward.hpp>
#include <eev/reference/mean_pool_backward.hpp>
#include <eev/reference/mixture_of_experts.hpp>
#include <eev/reference/standardise.hpp>
#include <eev/reference/unit_rows.hpp>
#include <eev/train.hpp>

#include "faulty_source.hpp"
#include "formula_curves.hpp"
#include "formula_rows.hpp"
#include "golden.hpp"
#include "gradients.hpp"

using namespace eev;
using namespace eev::test;

namespace {

const head_shape small_head{.visual = 7, .audio = 6, .visual_units = 5, .audio_units = 3};
head_shape with_experts(head_shape shape) {
  shape.experts = 2;
  return shape;
}
head_shape without_audio(head_shape shape) {
  shape.audio = shape.audio_units = 0;
  return shape;
}

/// A head with weights by formula, and B clips of T rows by formula.
template <class Device>
struct problem {
  using T = typename Device::scalar;
  Device& device;
  dim B, steps;
  train::trainable_head<Device> head;
  std::vector<T> visual, audio, videos;
  formula_curves<T> curves;

  problem(Device& device, const head_shape& shape, dim B, dim steps,
          const train::cross_modal_settings& cross_modal = {})
      : device(device),
        B(B),
        steps(steps),
        head(device, shape, formula_weights(), cross_modal),
        visual(formula_rows<T>(B, steps, shape.visual)),
        audio(formula_rows<T>(B, steps, shape.audio)),
        videos(2 * B),
        curves(B, steps, shape.expressions) {
    for (dim i = 0; i < 2 * B; ++i) videos[i] = T((3 * (i % B) + 4) % 5);
  }

  train::training_batch<T> batch() const {
    const head_shape& shape = head.shape();
    return {shaped(visual, B, steps, shape.visual), shaped(audio, B, steps, shape.audio),
            shaped(curves.labels, B, steps, shape.expressions), shaped(curves.mask, B, steps),
            shaped(videos, 2 * B)};
  }
  double loss(const train::loss_parts& parts, float rate = 0) {
    return head.gradients(device, batch(), parts, rate, 7);
  }
  std::vector<T> gradients() { return {head.gradients().begin(), head.gradients().end()}; }
};

const train::cross_modal_settings instance{train::cross_modal_settings::instance, 0.3, 5},
    contrastive{train::cross_modal_settings::contrastive, 0.3};

const train::loss_parts kl_and_ccc{.elementwise = {.kl = 1}, .correlation = {.ccc = 1}};

/// The largest relative difference of a parameter's gradient from the golden: of the whole, or, where the
/// golden has less, of its first and last 64 numbers and its norm.
template <class T>
double golden_error(const golden& expected, const train::parameter_layout& layout,
                    const std::vector<T>& gradients) {
  double largest = 0;
  for (const auto& parameter : layout.parameters()) {
    const auto begin = gradients.begin() + parameter.offset, end = begin + parameter.size;
    std::vector<double> ours(begin, end);
    const auto exact = expected[parameter.name].values;
    if (dim(exact.size()) != parameter.size) {
      const std::size_t some = std::min<std::size_t>(64, ours.size());
      std::vector<double> part(ours.begin(), ours.begin() + std::ptrdiff_t(some));
      part.insert(part.end(), ours.end() - std::ptrdiff_t(some), ours.end());
      const double norm = std::sqrt(dot(ours, ours)), expected_norm = exact.back();
      largest = worse(largest, std::abs(norm / expected_norm - 1));
      // Errors are judged against the rms of the whole, of which the part may be a quiet corner.
      const double rms = expected_norm / std::sqrt(double(parameter.size));
      REQUIRE(part.size() + 1 == exact.size());
      for (std::size_t i = 0; i < part.size(); ++i)
        largest = worse(largest, std::abs(part[i] - exact[i]) / (std::abs(exact[i]) + rms));
    } else {
      largest = worse(largest, relative_difference(ours, exact));
    }
  }
  return largest;
}

/// Checks the cpu's gradients against PyTorch's in float64, with PyTorch's own error as the yardstick.
void check_against_pytorch(const char* stem, const head_shape& shape, dim B, dim steps,
                           const train::loss_parts& parts,
                           const train::cross_modal_settings& cross_modal = {}) {
  const golden expected(stem);
  cpu::device device;
  problem<cpu::device> ours(device, shape, B, steps, cross_modal);
  const double loss = ours.loss(parts), exact_loss = expected["loss"].values[0];
  CHECK(std::abs(loss - exact_loss) < 1e-5 * std::abs(exact_loss));
  const double error = golden_error(expected, ours.head.layout(), ours.gradients());
  const double pytorch = expected["float32"].values[0];
  MESSAGE(std::string(stem), ": error of fp32 ", error, " (PyTorch ", pytorch, ")");
  CHECK(error < 1e-4);
  CHECK(error < 4 * pytorch);
}

}  // namespace

TEST_CASE("the gradients of a whole head in double are PyTorch's") {
  for (const auto& [stem, shape, parts] :
       {std::tuple{"head_gradients", small_head, kl_and_ccc},
        {"head_gradients_baseline", with_experts(small_head), kl_and_ccc},
        {"head_gradients_visual", without_audio(small_head), train::find_loss("l1")}}) {
    reference::device<double> device;
    problem<reference::device<double>> ours(device, shape, 3, 13);
    const golden expected(stem);
    CHECK(ours.loss(parts) == doctest::Approx(expected["loss"].values[0]).epsilon(1e-12));
    CHECK(golden_error(expected, ours.head.layout(), ours.gradients()) < 1e-9);
  }
}

TEST_CASE("the gradients of a whole head with a loss between picture and sound are PyTorch's") {
  for (const auto& [stem, settings] :
       {std::pair("head_gradients_instance", instance), {"head_gradients_contrastive", contrastive}}) {
    reference::device<double> device;
    problem<reference::device<double>> ours(device, small_head, 3, 13, settings);
    const golden expected(stem);
    CHECK(ours.loss(train::find_loss("l1")) == doctest::Approx(expected["loss"].values[0]).epsilon(1e-12));
    CHECK(golden_error(expected, ours.head.layout(), ours.gradients()) < 1e-9);
    check_against_pytorch(stem, small_head, 3, 13, train::find_loss("l1"), settings);
  }
}

TEST_CASE("the gradients of a whole head on the cpu are as near to PyTorch's as PyTorch's float32") {
  check_against_pytorch("head_gradients", small_head, 3, 13, kl_and_ccc);
  check_against_pytorch("head_gradients_baseline", with_experts(small_head), 3, 13, kl_and_ccc);
  check_against_pytorch("head_gradients_visual", without_audio(small_head), 3, 13, train::find_loss("l1"));
  check_against_pytorch("head_gradients_demo", find_head_shape("head-demo"), 2, 13,
                        train::find_loss("kl+l1"));
}

TEST_CASE("full size: the gradients of the paper's head on the cpu are as near as PyTorch's float32") {
  check_against_pytorch("head_gradients_full", find_head_shape("head"), 3, 60, kl_and_ccc);
}

TEST_CASE("the gradients of a whole head are those of finite differences, with dropout too") {
  const head_shape tiny{.visual = 4, .audio = 3, .visual_units = 3, .audio_units = 2, .expressions = 3};
  for (const auto& [shape, rate, cross_modal] : {std::tuple(tiny, 0.0f, train::cross_modal_settings{}),
                                                 {tiny, 0.4f, {}},
                                                 {with_experts(tiny), 0.4f, {}},
                                                 {tiny, 0.4f, instance},
                                                 {tiny, 0.4f, contrastive}}) {
    reference::device<double> device;
    problem<reference::device<double>> ours(device, shape, 2, 5, cross_modal);
    ours.loss(kl_and_ccc, rate);
    const auto gradients = ours.gradients();
    const auto slab = ours.head.parameters();
    std::vector<double> values(slab.begin(), slab.end());
    CHECK(gradient_error(values, gradients, [&, rate = rate] {
            std::ranges::copy(values, slab.begin());
            return ours.loss(kl_and_ccc, rate);
          }) < 1e-8);  // measured: 4e-11
  }
}

TEST_CASE("with dropout the gradients on the cpu agree with the reference") {
  reference::device<double> exact_device;
  cpu::device device(2);
  problem<reference::device<double>> exact(exact_device, small_head, 3, 13);
  problem<cpu::device> ours(device, small_head, 3, 13);
  CHECK(ours.loss(kl_and_ccc, 0.3f) == doctest::Approx(exact.loss(kl_and_ccc, 0.3f)).epsilon(1e-5));
  CHECK(relative_difference(ours.gradients(), exact.gradients()) < 1e-4);
  const auto with = ours.gradients();
  ours.loss(kl_and_ccc);
  CHECK(largest_difference(ours.gradients(), with) > 1e-3);  // it does something
}

TEST_CASE("the gradients of a whole head are the same bits with any number of threads") {
  for (const auto& cross_modal : {train::cross_modal_settings{}, instance, contrastive}) {
    const auto gradients = [&](int threads) {
      cpu::device device(threads);
      problem<cpu::device> ours(device, find_head_shape("head-demo"), 7, 13, cross_modal);
      ours.loss(kl_and_ccc, 0.3f);
      return ours.gradients();
    };
    const auto one = gradients(1);
    CHECK(gradients(3) == one);
    CHECK(gradients(6) == one);
  }
}

TEST_CASE("rows that are masked do not change a gradient, whatever their labels") {
  cpu::device device(1);
  problem<cpu::device> ours(device, small_head, 3, 13);
  ours.loss(kl_and_ccc);
  const auto clean = ours.gradients();
  for (std::size_t row = 0; row < ours.curves.mask.size(); ++row)
    if (ours.curves.mask[row] == 0) std::fill_n(&ours.curves.labels[row * 15], 15, 0.77f);
  ours.loss(kl_and_ccc);
  CHECK(ours.gradients() == clean);
}

TEST_CASE("a head in training scores as the head made from its tensors does") {
  cpu::device device(2);
  problem<cpu::device> ours(device, find_head_shape("head-demo"), 2, 13);
  const auto batch = ours.batch();
  std::vector<float> training(2 * 13 * 15), prediction(2 * 13 * 15);
  ours.head.scores(device, shaped(training, 2, 13, 15), batch.visual, batch.audio);
  const head<cpu::device> head(device, formula_weights(), ours.head.shape());
  head(device, shaped(prediction, 2, 13, 15), batch.visual, batch.audio);
  CHECK(largest_difference(training, prediction) < 2e-6);
}

TEST_CASE("a head in training has the tensors of a head file, statistics too, and begins small") {
  cpu::device device(1);
  train::trainable_head<cpu::device> head(device, small_head, 3), again(device, small_head, 3),
      other(device, small_head, 4);
  head.standardise_by(device, "visual", std::vector<float>(7, 0.5f), std::vector<float>(7, 2.0f));
  const auto tensors = head.tensors(device);
  CHECK(tensors.size() == head.layout().parameters().size() + 2);
  CHECK(tensors.front().first.name == "image_gru.weight_ih_l0");
  CHECK(tensors.back().first.name == "visual_std");
  CHECK(tensors.back().second == std::vector<float>(7, 2.0f));
  CHECK(std::ranges::equal(head.parameters(), again.parameters()));
  CHECK(!std::ranges::equal(head.parameters(), other.parameters()));
  for (const auto& [parameter, values] : tensors)
    if (parameter.bound > 0)
      for (float value : values) REQUIRE(std::abs(value) <= parameter.bound);
}

TEST_CASE("a head in training refuses batches and statistics that do not fit") {
  cpu::device device(1);
  problem<cpu::device> ours(device, small_head, 2, 3);
  auto batch = ours.batch();
  batch.mask.shape = {3, 2};
  CHECK_THROWS_WITH_AS(
      ours.head.gradients(device, batch, kl_and_ccc, 0, 0),
      "training a head: labels [2, 3, 15], mask [3, 2], visual [2, 3, 7], audio [2, 3, 6]; expected labels "
      "[B, T, 15], mask [B, T], visual [B, T, 7], audio [B, T, 6]",
      error);
  CHECK_THROWS_WITH_AS(ours.head.standardise_by(device, "audio", {1}, {1}),
                       "audio_mean and _std have 1 and 1 numbers, expected 6", error);
  CHECK_THROWS_AS(train::trainable_head<cpu::device>(device, head_shape{.visual_units = 0, .audio_units = 0},
                                                     std::uint64_t{1}),
                  error);
}

#include <algorithm>

#include <doctest/doctest.h>

#include <eev/cpu/concatenate.hpp>
#include <eev/cpu/gate.hpp>
#include <eev/cpu/gru.hpp>
#include <eev/cpu/linear.hpp>
#include <eev/cpu/mixture_of_experts.hpp>
#include <eev/cpu/standardise.hpp>
#include <eev/head/head.hpp>
#include <eev/reference/concatenate.hpp>
#include <eev/reference/gate.hpp>
#include <eev/reference/gru.hpp>
#include <eev/reference/linear.hpp>
#include <eev/reference/mixture_of_experts.hpp>
#include <eev/reference/standardise.hpp>

#include "close.hpp"
#include "faulty_source.hpp"
#include "formula_rows.hpp"
#include "golden.hpp"

using namespace eev;
using namespace eev::test;

namespace {

/// Scores of the formula rows of B clips of T rows.
template <class Device>
auto scores(Device& device, const head_shape& shape, dim B, dim T,
            const weights& weights = formula_weights()) {
  using scalar = typename Device::scalar;
  const head<Device> network(device, weights, shape);
  const auto visual = formula_rows<scalar>(B, T, shape.visual),
             audio = formula_rows<scalar>(B, T, shape.audio);
  std::vector<scalar> y(B * T * shape.expressions);
  network(device, shaped(y, B, T, shape.expressions), shaped(visual, B, T, shape.visual),
          shaped(audio, B, T, shape.audio));
  return y;
}

const head_shape demo = find_head_shape("head-demo");

head_shape only_visual() {
  head_shape shape = demo;
  shape.audio = shape.audio_units = 0;
  return shape;
}
head_shape baseline() {
  head_shape shape = demo;
  shape.experts = baseline_experts;
  return shape;
}
head_shape only_audio() {
  head_shape shape = demo;
  shape.visual = shape.visual_units = 0;
  return shape;
}

/// Checks the cpu's head against PyTorch's in float64, with PyTorch's own error as the yardstick.
void check_against_pytorch(const char* golden_name, const head_shape& shape, dim T) {
  golden expected(golden_name);
  const auto exact = expected["scores"].values;
  const double pytorch = relative_difference(expected["float32"].values, exact);
  cpu::device device;
  const double ours = relative_difference(scores(device, shape, 2, T), exact);
  MESSAGE(std::string(golden_name), ": error of fp32 ", ours, " (PyTorch ", pytorch, ")");
  CHECK(ours < 1e-4);
  CHECK(ours < 4 * pytorch);
}

/// How far a head with a fault is from the demo's golden.
template <class Device = cpu::device>
double head_error_with(fault fault) {
  Device device;
  const weights faulty{
      std::make_shared<faulty_source>(std::make_shared<io::formula_source>(), std::move(fault))};
  return relative_difference(scores(device, demo, 2, 13, faulty), golden("head_demo")["scores"].values);
}
const fault no_fault = [](const std::string&, const std::vector<dim>&, std::vector<float>&) {};

/// A device whose reverse direction stays in the order in which it was computed.
struct unreversed_device : cpu::device {
  using cpu::device::device;
};
void gru(unreversed_device& device, view<float, 3> y, const_view<float, 4> projected,
         const std::array<cpu::packed_matrix<float>, 2>& weight, const_view<float, 2> bias) {
  cpu::gru(static_cast<cpu::device&>(device), y, projected, weight, bias);
  const auto [B, T, width] = y.shape;
  for (dim b = 0; b < B; ++b)
    for (dim t = 0; t < T / 2; ++t)
      std::swap_ranges(&y(b, t, width / 2), &y(b, t, width / 2) + width / 2, &y(b, T - 1 - t, width / 2));
}

/// A device that puts the audio first.
struct audio_first_device : cpu::device {
  using cpu::device::device;
};
void concatenate(audio_first_device& device, view<float, 2> y, const_view<float, 2> a,
                 const_view<float, 2> b) {
  cpu::concatenate(static_cast<cpu::device&>(device), y, b, a);
}

/// A source with its directions exchanged.
struct exchanged_source : io::formula_source {
  std::vector<float> read(const std::string& name, const std::vector<dim>& shape) override {
    if (name.find("_gru.") == name.npos) return formula_source::read(name, shape);
    const bool reverse = name.ends_with("_reverse");
    return formula_source::read(reverse ? name.substr(0, name.size() - 8) : name + "_reverse", shape);
  }
};

}  // namespace

TEST_CASE("full size: the paper's head on the cpu agrees with PyTorch over a minute and over 13 s") {
  check_against_pytorch("head_60", find_head_shape("head"), 60);
  check_against_pytorch("head_13", find_head_shape("head"), 13);
}
TEST_CASE("full size: the paper's head of the reference agrees with PyTorch to the last digits") {
  reference::device<double> device;
  CHECK(relative_difference(scores(device, find_head_shape("head"), 2, 13),
                            golden("head_13")["scores"].values) < 1e-9);
}
TEST_CASE("the demo's head on the cpu agrees with PyTorch, with one modality too") {
  check_against_pytorch("head_demo", demo, 13);
  check_against_pytorch("head_demo_visual", only_visual(), 13);
  check_against_pytorch("head_demo_audio", only_audio(), 13);
}
TEST_CASE("a head of the baseline agrees with PyTorch") {
  check_against_pytorch("head_baseline", baseline(), 13);
  reference::device<double> device;
  CHECK(relative_difference(scores(device, baseline(), 2, 13), golden("head_baseline")["scores"].values) <
        1e-9);
}
TEST_CASE("the demo's head of the reference agrees with PyTorch to the last digits") {
  reference::device<double> device;
  CHECK(relative_difference(scores(device, demo, 2, 13), golden("head_demo")["scores"].values) < 1e-9);
  CHECK(relative_difference(scores(device, only_visual(), 2, 13),
                            golden("head_demo_visual")["scores"].values) < 1e-9);
}

TEST_CASE("a head with swapped gates fails its golden") {
  for (auto [one, other] : {std::pair{0, 1}, {1, 2}, {0, 2}}) {
    const auto swapped =
        head_error_with([one = one, other = other](const std::string& name, const std::vector<dim>&,
                                                   std::vector<float>& values) {
          if (name.find("_gru.") == name.npos) return;
          const auto third = std::ptrdiff_t(values.size() / 3);
          std::swap_ranges(values.begin() + one * third, values.begin() + (one + 1) * third,
                           values.begin() + other * third);
        });
    CHECK(swapped > 0.01);
  }
}
TEST_CASE("a head whose reset gate misses the bias of the state fails its golden") {
  // r (W_n h) + b_n instead of r (W_n h + b_n): as if the bias were the input's.
  io::formula_source formula;
  const auto moved = head_error_with(
      [&](const std::string& name, const std::vector<dim>& shape, std::vector<float>& values) {
        const auto third = std::ptrdiff_t(values.size() / 3);
        if (const auto at = name.find("bias_hh"); at != name.npos) {
          std::fill(values.begin() + 2 * third, values.end(), 0.0f);
        } else if (const auto at = name.find("bias_ih"); at != name.npos) {
          const auto state = formula.read(std::string(name).replace(at, 7, "bias_hh"), shape);
          for (auto i = 2 * third; i < 3 * third; ++i) values[i] += state[i];
        }
      });
  CHECK(moved > 0.001);
}
TEST_CASE("a head whose reverse direction is not turned back fails its golden") {
  CHECK(head_error_with<unreversed_device>(no_fault) > 0.01);
}
TEST_CASE("a head with exchanged directions fails its golden") {
  cpu::device device;
  const auto y = scores(device, demo, 2, 13, weights(std::make_shared<exchanged_source>()));
  CHECK(relative_difference(y, golden("head_demo")["scores"].values) > 0.01);
}
TEST_CASE("a head that puts the audio first fails its golden") {
  CHECK(head_error_with<audio_first_device>(no_fault) > 0.01);
}
TEST_CASE("a head that does not standardise its inputs fails its golden") {
  const auto unstandardised =
      head_error_with([](const std::string& name, const std::vector<dim>&, std::vector<float>& values) {
        if (name.ends_with("_mean")) std::ranges::fill(values, 0.0f);
        if (name.ends_with("_std")) std::ranges::fill(values, 1.0f);
      });
  CHECK(unstandardised > 0.01);
}

TEST_CASE("a head without statistics takes its inputs as they are") {
  struct plain_source : io::formula_source {
    bool has(const std::string&) const override { return false; }
  };
  const auto neutral = [](const std::string& name, const std::vector<dim>&, std::vector<float>& values) {
    if (name.ends_with("_mean")) std::ranges::fill(values, 0.0f);
    if (name.ends_with("_std")) std::ranges::fill(values, 1.0f);
  };
  cpu::device device;
  const weights neutralised(std::make_shared<faulty_source>(std::make_shared<io::formula_source>(), neutral));
  CHECK(scores(device, demo, 1, 5, weights(std::make_shared<plain_source>())) ==
        scores(device, demo, 1, 5, neutralised));
}

TEST_CASE("a clip's scores are the same bits in any batch and with any number of threads") {
  cpu::device one(1), many(5);
  const auto alone = scores(one, demo, 1, 13);
  auto among_others = scores(many, demo, 7, 13);
  among_others.resize(alone.size());
  CHECK(alone == among_others);
}

TEST_CASE("a head refuses rows of another width and statistics that divide by zero") {
  cpu::device device;
  const head<cpu::device> network(device, formula_weights(), demo);
  std::vector<float> y(2 * 15), visual(2 * 256), audio(2 * 64);
  CHECK_THROWS_WITH_AS(
      network(device, shaped(y, 1, 2, 15), shaped(visual, 1, 2, 256), shaped(audio, 1, 2, 64)),
      "head: y [1, 2, 15], visual [1, 2, 256], audio [1, 2, 64]; expected y [B, T, 15], "
      "visual [B, T, 256], audio [B, T, 128]",
      error);
  const auto constant = [](const std::string& name, const std::vector<dim>&, std::vector<float>& values) {
    if (name == "audio_std") values[3] = 0;
  };
  CHECK_THROWS_WITH_AS(head_error_with(constant),
                       "tensor 'audio_std' holds 0.000000 at index 3, expected positive numbers "
                       "(1 for a column that never changes)",
                       error);
}

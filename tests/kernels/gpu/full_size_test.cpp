// Whole networks at full size against PyTorch's numbers in float64, with PyTorch's own errors as the
// yardstick: as on the cpu, tests/features/ and tests/head/. Too large for the kernel runner.
#include <doctest/doctest.h>

#include <eev/cuda.hpp>
#include <eev/features/vggish.hpp>
#include <eev/features/visual_network.hpp>
#include <eev/head/head.hpp>
#include <eev/reference/log_mel.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "faulty_source.hpp"
#include "formula_inputs.hpp"
#include "formula_rows.hpp"
#include "formula_sound.hpp"
#include "golden.hpp"

using namespace eev;
using namespace eev::test;

namespace {

/// Features of the formula image.
template <class T>
std::vector<float> seen_by(const std::string& name) {
  cuda::device device;
  const auto network = features::make_visual_network<T>(device, formula_weights(), name);
  const device_tensor<std::uint8_t> rgb(device, formula_image(1, network->side(), network->side()));
  const device_tensor<float> y(device, network->features());
  (*network)(device, y.as(1, network->features()), rgb.as(1, network->side(), network->side(), 3));
  return y.values();
}

/// Features of the first two patches of the formula sound, without the last ReLU.
template <class T>
std::vector<float> heard() {
  constexpr dim B = 2, F = B * features::patch_frames;
  reference::device<double> exact;
  std::vector<double> spectrum(F * mel_bands);
  const auto sound = as_double(formula_sound((F - 1) * frame_hop + frame_samples));
  log_mel(exact, shaped(spectrum, F, mel_bands), shaped(sound, sound.size()));

  cuda::device device;
  const auto& shape = features::find_vggish("vggish");
  const features::vggish<cuda::device, T> network(device, formula_weights(), shape);
  const device_tensor<T> patches(device, spectrum);
  const device_tensor<float> y(device, B * shape.features());
  network(device, y.as(B, shape.features()), patches.as(B, features::patch_frames, mel_bands), false);
  return y.values();
}

std::vector<float> scored(bool rounded) {
  constexpr dim B = 2, T = 60;
  const head_shape shape;
  cuda::device device;
  device.round_factors(rounded);
  const head<cuda::device> network(device, formula_weights(), shape);
  const device_tensor<float> visual(device, formula_rows<float>(B, T, shape.visual)),
      audio(device, formula_rows<float>(B, T, shape.audio)), y(device, B * T * shape.expressions);
  network(device, y.as(B, T, shape.expressions), visual.as(B, T, shape.visual), audio.as(B, T, shape.audio));
  return y.values();
}

void agrees_with_pytorch(const std::string& stem, const char* what, const std::vector<float>& single,
                         const std::vector<float>& half) {
  const golden expected(stem);
  const auto exact = expected[what].values;
  const double pytorch = relative_difference(expected["float32"].values, exact);
  const double pytorch_half = rms_difference(expected["bfloat16"].values, exact);
  const double ours = relative_difference(single, exact), ours_half = rms_difference(half, exact);
  MESSAGE(stem, ": error of fp32 ", ours, " (PyTorch ", pytorch, "), of bf16 ", ours_half, " (PyTorch ",
          pytorch_half, ")");
  CHECK(ours < 1e-4);
  CHECK(ours < 4 * pytorch);
  CHECK(ours_half < 1.2 * pytorch_half);
}

}  // namespace

TEST_CASE("full size: Swin-L on the GPU agrees with timm") {
  agrees_with_pytorch("swin_large", "features", seen_by<float>("swin-large"),
                      seen_by<bfloat16>("swin-large"));
}
TEST_CASE("full size: SE-ResNeXt-101 on the GPU agrees with PyTorch") {
  agrees_with_pytorch("se_resnext101", "features", seen_by<float>("se-resnext101-32x4d"),
                      seen_by<bfloat16>("se-resnext101-32x4d"));
}
TEST_CASE("full size: Inception-v3 on the GPU agrees with PyTorch") {
  agrees_with_pytorch("inception_v3", "features", seen_by<float>("inception-v3"),
                      seen_by<bfloat16>("inception-v3"));
}
TEST_CASE("full size: VGGish on the GPU agrees with PyTorch") {
  agrees_with_pytorch("vggish", "features", heard<float>(), heard<bfloat16>());
}
TEST_CASE("full size: the paper's head on the GPU agrees with PyTorch, factors exact and rounded") {
  const golden expected("head_60");
  const auto exact = expected["scores"].values;
  const double pytorch = relative_difference(expected["float32"].values, exact);
  const double ours = relative_difference(scored(false), exact),
               rounded = relative_difference(scored(true), exact);
  MESSAGE("head_60: error of fp32 ", ours, " (PyTorch ", pytorch, "), of rounded factors ", rounded);
  CHECK(ours < 1e-4);
  CHECK(ours < 4 * pytorch);
  CHECK(rounded < 1e-2);
}

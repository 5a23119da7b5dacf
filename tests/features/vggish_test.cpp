#include <doctest/doctest.h>

#include <eev/cpu/conv2d.hpp>
#include <eev/cpu/linear.hpp>
#include <eev/cpu/max_pool.hpp>
#include <eev/features/vggish.hpp>
#include <eev/reference/conv2d.hpp>
#include <eev/reference/linear.hpp>
#include <eev/reference/log_mel.hpp>
#include <eev/reference/max_pool.hpp>

#include "close.hpp"
#include "faulty_source.hpp"
#include "formula_sound.hpp"
#include "golden.hpp"

using namespace eev;
using namespace eev::test;

namespace {

/// `B` patches of the formula sound, at most 3.
std::vector<float> patches_of_sound(dim B) {
  reference::device<double> device;
  const dim F = B * features::patch_frames;
  std::vector<double> spectrum(F * mel_bands);
  const auto sound = as_double(formula_sound((F - 1) * frame_hop + frame_samples));
  log_mel(device, shaped(spectrum, F, mel_bands), shaped(sound, sound.size()));
  return {spectrum.begin(), spectrum.end()};
}

/// Features of patches; by default without the last ReLU, which would hide half of the errors.
template <class T, class Device>
std::vector<typename Device::scalar> vggish_features_of(Device& device, const char* name,
                                                        const weights& weights,
                                                        const std::vector<float>& patches,
                                                        bool final_relu = false) {
  const auto& shape = features::find_vggish(name);
  features::vggish<Device, T> network(device, weights, shape);
  const dim B = dim(patches.size()) / (96 * 64);
  const std::vector<T> stored(patches.begin(), patches.end());
  std::vector<typename Device::scalar> y(B * shape.features());
  network(device, shaped(y, B, shape.features()), shaped(stored, B, 96, 64), final_relu);
  return y;
}

/// Checks a network on the cpu against PyTorch in float64, with PyTorch's own errors as the yardstick.
void check_against_pytorch(const char* golden_name, const char* name) {
  golden expected(golden_name);
  const auto exact = expected["features"].values;
  const double pytorch = relative_difference(expected["float32"].values, exact);
  const double pytorch_half = rms_difference(expected["bfloat16"].values, exact);
  cpu::device device;
  const auto patches = patches_of_sound(2);
  const double ours =
      relative_difference(vggish_features_of<float>(device, name, formula_weights(), patches), exact);
  const double ours_half =
      rms_difference(vggish_features_of<bfloat16>(device, name, formula_weights(), patches), exact);
  MESSAGE(std::string(name), ": error of fp32 ", ours, " (PyTorch ", pytorch, "), of bf16 ", ours_half,
          " (PyTorch ", pytorch_half, ")");
  CHECK(ours < 1e-4);
  CHECK(ours < 4 * pytorch);
  CHECK(ours_half < 1.2 * pytorch_half);
}

/// The error of the demo's shape with a fault planted in the weights.
double vggish_error_with(fault fault) {
  cpu::device device;
  const weights faulty{
      std::make_shared<faulty_source>(std::make_shared<io::formula_source>(), std::move(fault))};
  return relative_difference(vggish_features_of<float>(device, "vggish-demo", faulty, patches_of_sound(2)),
                             golden("vggish_demo")["features"].values);
}

}  // namespace

TEST_CASE("full size: VGGish on the cpu agrees with PyTorch") { check_against_pytorch("vggish", "vggish"); }
TEST_CASE("the demo's VGGish on the cpu agrees with PyTorch") {
  check_against_pytorch("vggish_demo", "vggish-demo");
}

TEST_CASE("the demo's VGGish of the reference agrees with PyTorch to the last digits") {
  reference::device<double> device;
  const auto y = vggish_features_of<double>(device, "vggish-demo", formula_weights(), patches_of_sound(2));
  CHECK(relative_difference(y, golden("vggish_demo")["features"].values) < 1e-9);
}

TEST_CASE("a VGGish that flattens channels first fails its golden") {
  const auto channels_first = [](const std::string& name, const std::vector<dim>& shape,
                                 std::vector<float>& values) {
    if (name != "embeddings.0.weight") return;
    const dim K = shape[1], places = 6 * 4, C = K / places;
    const auto sound = values;
    for (dim n = 0; n < shape[0]; ++n)
      for (dim place = 0; place < places; ++place)
        for (dim c = 0; c < C; ++c) values[n * K + place * C + c] = sound[n * K + c * places + place];
  };
  CHECK(vggish_error_with(channels_first) > 0.01);
}

TEST_CASE("a VGGish that takes time for mel in its filters fails its golden") {
  const auto transposed = [](const std::string&, const std::vector<dim>& shape, std::vector<float>& values) {
    if (shape.size() != 4) return;
    for (auto filter = values.begin(); filter != values.end(); filter += 9)
      for (auto [i, j] : {std::pair{1, 3}, {2, 6}, {5, 7}}) std::swap(filter[i], filter[j]);
  };
  CHECK(vggish_error_with(transposed) > 0.01);
}

TEST_CASE("the last ReLU of VGGish can be left out") {
  cpu::device device;
  const auto patches = patches_of_sound(1);
  const auto with = vggish_features_of<float>(device, "vggish-demo", formula_weights(), patches, true);
  auto without = vggish_features_of<float>(device, "vggish-demo", formula_weights(), patches, false);
  CHECK(with != without);
  for (float& value : without) value = std::max(value, 0.0f);
  CHECK(with == without);
}

TEST_CASE("a patch's features are the same bits in any batch and with any number of threads") {
  cpu::device one(1), two(2);
  const auto three = patches_of_sound(3);
  std::vector<float> many;  // more than are convolved at a time
  for (int i = 0; i < 4; ++i) many.insert(many.end(), three.begin(), three.end());
  const auto alone = vggish_features_of<float>(one, "vggish-demo", formula_weights(),
                                               {three.begin(), three.begin() + 96 * 64});
  const auto among_others = vggish_features_of<float>(two, "vggish-demo", formula_weights(), many);
  for (dim copy : {0, 3, 9}) CHECK(std::equal(alone.begin(), alone.end(), among_others.begin() + copy * 128));
}

TEST_CASE("VGGish of no patches does nothing, of misfits is refused") {
  cpu::device device;
  CHECK(vggish_features_of<float>(device, "vggish-demo", formula_weights(), {}).empty());
  features::vggish<cpu::device> network(device, formula_weights(), features::find_vggish("vggish-demo"));
  std::vector<float> patches(94 * 64), y(128);
  CHECK_THROWS_WITH_AS(network(device, shaped(y, 1, 128), shaped(patches, 1, 94, 64)),
                       "vggish: patches [1, 94, 64], features [1, 128]; expected [B, 96, 64] and [B, 128]",
                       error);
  CHECK_THROWS_WITH_AS(features::find_vggish("vgg"), "no VGGish 'vgg'; there are vggish, vggish-demo", error);
}

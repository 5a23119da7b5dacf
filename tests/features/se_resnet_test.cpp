#include <doctest/doctest.h>

#include <eev/cpu/conv2d.hpp>
#include <eev/cpu/excite.hpp>
#include <eev/cpu/linear.hpp>
#include <eev/cpu/max_pool.hpp>
#include <eev/cpu/mean_pool.hpp>
#include <eev/cpu/normalise_image.hpp>
#include <eev/features/se_resnet.hpp>
#include <eev/reference/conv2d.hpp>
#include <eev/reference/excite.hpp>
#include <eev/reference/linear.hpp>
#include <eev/reference/max_pool.hpp>
#include <eev/reference/mean_pool.hpp>
#include <eev/reference/normalise_image.hpp>

#include "visual_features.hpp"

using namespace eev;
using namespace eev::test;

namespace {

const features::se_resnet_shape& se_resnet50 = features::se_resnet_shapes[0];
const features::se_resnet_shape& se_resnext101 = features::se_resnet_shapes[1];

/// The same blocks, groups and strides at a size for a quick look.
constexpr features::se_resnet_shape small_se_resnext{.name = "",
                                                     .blocks = {1, 2, 1, 1},
                                                     .width = 16,
                                                     .groups = 4,
                                                     .stride_in_3x3 = true,
                                                     .side = 50,
                                                     .channels = 32};

}  // namespace

TEST_CASE("full size: SE-ResNet-50 on the cpu agrees with Cadene's") {
  CHECK(se_resnet50.name == "se-resnet50");
  check_against_golden("se_resnet50", se_resnet50);
}
TEST_CASE("full size: SE-ResNeXt-101 32x4d on the cpu agrees with Cadene's") {
  CHECK(se_resnext101.name == "se-resnext101-32x4d");
  check_against_golden("se_resnext101", se_resnext101);
}

// The limit of 1e-6 is that of folded batch norms, whose filters are rounded to float:
// measured 8.9e-8, 1.1e-7.
TEST_CASE("full size: SE-ResNets of the reference in double agree with Cadene's") {
  reference::device<double> device;
  CHECK(relative_difference(visual_features_of<double>(device, se_resnet50, formula_weights()),
                            golden("se_resnet50")["features"].values) < 1e-6);
  CHECK(relative_difference(visual_features_of<double>(device, se_resnext101, formula_weights()),
                            golden("se_resnext101")["features"].values) < 1e-6);
}

TEST_CASE("a small SE-ResNeXt on the cpu agrees with the reference") {
  reference::device<double> exact;
  cpu::device device(2);
  const auto expected = visual_features_of<double>(exact, small_se_resnext, formula_weights(), 2);
  CHECK(relative_difference(visual_features_of<float>(device, small_se_resnext, formula_weights(), 2),
                            expected) < 5e-6);  // measured: 3.2e-7
}

TEST_CASE("full size: an SE-ResNet that takes its strides in the other convolution fails its golden") {
  auto other = se_resnet50;
  other.stride_in_3x3 = true;
  CHECK(error_with_fault("se_resnet50", other, [](auto&&...) {}) > 0.01);
  other = se_resnext101;
  other.stride_in_3x3 = false;
  CHECK(error_with_fault("se_resnext101", other, [](auto&&...) {}) > 0.01);
}

TEST_CASE("full size: an SE-ResNet with a fault in its norms, gates or groups fails its golden") {
  const auto flip = [](const char* part) {
    return [part](const std::string& name, const std::vector<dim>&, std::vector<float>& values) {
      if (name.find(part) != name.npos)
        for (float& value : values) value = -value;
    };
  };
  CHECK(error_with_fault("se_resnet50", se_resnet50, flip("bn2.running_mean")) > 0.01);
  CHECK(error_with_fault("se_resnet50", se_resnet50, flip("layer4.2.se_module.fc2")) > 0.01);
  CHECK(error_with_fault("se_resnet50", se_resnet50, flip("layer2.0.downsample.0")) > 0.01);
  const auto deviation = [](const std::string& name, const std::vector<dim>&, std::vector<float>& values) {
    if (name.ends_with("bn3.running_var"))  // taken for the deviation
      for (float& value : values) value *= value;
  };
  CHECK(error_with_fault("se_resnet50", se_resnet50, deviation) > 0.01);
  const auto interleaved = [](const std::string& name, const std::vector<dim>& shape,
                              std::vector<float>& values) {
    if (!name.ends_with("conv2.weight")) return;
    const auto sound = values;
    const dim N = shape[0], size = dim(values.size()) / N;
    for (dim n = 0; n < N; ++n)  // as if filter n were of group n % 32
      std::copy_n(sound.begin() + (n % 32 * (N / 32) + n / 32) * size, size, values.begin() + n * size);
  };
  CHECK(error_with_fault("se_resnext101", se_resnext101, interleaved) > 0.01);
}

TEST_CASE("a frame's SE-ResNet features are the same bits in any batch and with any number of threads") {
  cpu::device one(1), two(2);
  const auto alone = visual_features_of<float>(one, small_se_resnext, formula_weights());
  auto among_others = visual_features_of<float>(two, small_se_resnext, formula_weights(), 5);
  among_others.resize(alone.size());
  CHECK(alone == among_others);
}

TEST_CASE("SE-ResNet refuses frames of another size") {
  cpu::device device;
  const features::se_resnet<cpu::device> network(device, formula_weights(), small_se_resnext);
  std::vector<std::uint8_t> rgb(2 * 49 * 49 * 3);
  std::vector<float> y(2 * 256);
  CHECK_THROWS_WITH_AS(
      network(device, shaped(y, 2, 256), shaped(rgb, 2, 49, 49, 3)),
      "se_resnet: frames [2, 49, 49, 3], features [2, 256]; expected [B, 50, 50, 3] and [B, 256]", error);
}

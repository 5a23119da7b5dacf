#include <doctest/doctest.h>

#include <eev/cpu/average_pool.hpp>
#include <eev/cpu/conv2d.hpp>
#include <eev/cpu/max_pool.hpp>
#include <eev/cpu/mean_pool.hpp>
#include <eev/cpu/normalise_image.hpp>
#include <eev/cpu/place_columns.hpp>
#include <eev/features/inception.hpp>
#include <eev/reference/average_pool.hpp>
#include <eev/reference/conv2d.hpp>
#include <eev/reference/max_pool.hpp>
#include <eev/reference/mean_pool.hpp>
#include <eev/reference/normalise_image.hpp>
#include <eev/reference/place_columns.hpp>

#include "visual_features.hpp"

using namespace eev;
using namespace eev::test;

namespace {

const features::inception_shape& inception_v3 = features::inception_shapes[0];

/// All of its blocks at a size for a quick look.
constexpr features::inception_shape small_inception{.name = "", .side = 75, .part = 16};

/// A device that leaves the zeros beyond the edges out of an average.
struct uncounted_device : cpu::device {
  using cpu::device::device;
};
void average_pool(uncounted_device& device, view<float, 4> y, const_view<float, 4> x) {
  cpu::average_pool(static_cast<cpu::device&>(device), y, x);
  const auto [B, H, W, C] = x.shape;
  for (dim b = 0; b < B; ++b)
    for (dim h = 0; h < H; ++h)
      for (dim w = 0; w < W; ++w)
        for (dim c = 0; c < C; ++c)
          y(b, h, w, c) *= 9.0f / float((h == 0 || h == H - 1 ? 2 : 3) * (w == 0 || w == W - 1 ? 2 : 3));
}

}  // namespace

TEST_CASE("full size: Inception-v3 on the cpu agrees with torchvision's") {
  CHECK(inception_v3.name == "inception-v3");
  check_against_golden("inception_v3", inception_v3);
}

// The limit of 1e-6 is that of folded batch norms, whose filters are rounded to float: measured 1.8e-7.
TEST_CASE("full size: Inception-v3 of the reference in double agrees with torchvision's") {
  reference::device<double> device;
  CHECK(relative_difference(visual_features_of<double>(device, inception_v3, formula_weights()),
                            golden("inception_v3")["features"].values) < 1e-6);
}

TEST_CASE("a small Inception on the cpu agrees with the reference") {
  reference::device<double> exact;
  cpu::device device(2);
  const auto expected = visual_features_of<double>(exact, small_inception, formula_weights(), 2);
  CHECK(relative_difference(visual_features_of<float>(device, small_inception, formula_weights(), 2),
                            expected) < 5e-6);  // measured: 5.1e-7
}

TEST_CASE("full size: an Inception-v3 whose averages leave out what is beyond the edges fails its golden") {
  uncounted_device device;
  CHECK(relative_difference(visual_features_of<float>(device, inception_v3, formula_weights()),
                            golden("inception_v3")["features"].values) > 0.01);
}

TEST_CASE("full size: an Inception-v3 with a fault in its norms or its branches fails its golden") {
  const auto deviation = [](const std::string& name, const std::vector<dim>&, std::vector<float>& values) {
    if (name.ends_with("running_var"))  // taken for the deviation
      for (float& value : values) value *= value;
  };
  CHECK(error_with_fault("inception_v3", inception_v3, deviation) > 0.01);
  const auto transposed = [](const std::string& name, const std::vector<dim>& shape,
                             std::vector<float>& values) {
    if (name == "Mixed_7c.branch3x3_2a.conv.weight")  // its three columns the other way round
      for (dim i = 0; i < dim(values.size()); i += shape[3]) std::swap(values[i], values[i + 2]);
  };
  CHECK(error_with_fault("inception_v3", inception_v3, transposed) > 0.01);
}

TEST_CASE("a frame's Inception features are the same bits in any batch and with any number of threads") {
  cpu::device one(1), two(2);
  const auto alone = visual_features_of<float>(one, small_inception, formula_weights());
  auto among_others = visual_features_of<float>(two, small_inception, formula_weights(), 5);
  among_others.resize(alone.size());
  CHECK(alone == among_others);
}

TEST_CASE("Inception refuses frames of another size") {
  cpu::device device;
  const features::inception<cpu::device> network(device, formula_weights(), small_inception);
  std::vector<std::uint8_t> rgb(74 * 74 * 3);
  std::vector<float> y(128);
  CHECK_THROWS_WITH_AS(
      network(device, shaped(y, 1, 128), shaped(rgb, 1, 74, 74, 3)),
      "inception: frames [1, 74, 74, 3], features [1, 128]; expected [B, 75, 75, 3] and [B, 128]", error);
}

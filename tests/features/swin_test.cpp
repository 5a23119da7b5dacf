#include <algorithm>

#include <doctest/doctest.h>

#include <eev/cpu/image_patches.hpp>
#include <eev/cpu/linear.hpp>
#include <eev/cpu/mean_pool.hpp>
#include <eev/cpu/patch_merging.hpp>
#include <eev/cpu/window_attention.hpp>
#include <eev/features/swin.hpp>
#include <eev/reference/image_patches.hpp>
#include <eev/reference/linear.hpp>
#include <eev/reference/mean_pool.hpp>
#include <eev/reference/patch_merging.hpp>
#include <eev/reference/window_attention.hpp>

#include "visual_features.hpp"

using namespace eev;
using namespace eev::test;

namespace {

template <class T, class Device>
std::vector<typename Device::scalar> swin_features_of(Device& device, const char* name,
                                                      const weights& weights, dim B = 1) {
  return visual_features_of<T>(device, features::find_swin(name), weights, B);
}

/// The first two images of the demo's shape with a fault planted in the weights.
double swin_error_with(fault fault) {
  cpu::device device;
  const weights faulty{
      std::make_shared<faulty_source>(std::make_shared<io::formula_source>(), std::move(fault))};
  return relative_difference(swin_features_of<float>(device, "swin-demo", faulty, 2),
                             golden("swin_demo")["features"].values);
}

/// A device whose window attention forgets the mask.
struct unmasked_device : cpu::device {
  using cpu::device::device;
};
template <class T>
void window_attention(unmasked_device& device, view<T, 4> y, const_view<T, 4> qkv, const_view<float, 3> bias,
                      dim shift) {
  // Rolling the image and attending without shift leaves the mask out.
  const auto [B, H, W, C] = y.shape;
  auto roll = [&](auto to, auto from, dim by) {
    for (dim b = 0; b < B; ++b)
      for (dim h = 0; h < H; ++h)
        for (dim w = 0; w < W; ++w) {
          const auto row = from[b][h][w], place = to[b][(h + by + H) % H][(w + by + W) % W];
          std::copy(row.begin(), row.end(), place.begin());
        }
  };
  std::vector<T> rolled_in(qkv.size()), rolled_out(y.size());
  auto in = shaped(rolled_in, B, H, W, 3 * C), out = shaped(rolled_out, B, H, W, C);
  roll(in, qkv, -shift);
  cpu::window_attention(static_cast<cpu::device&>(device), out, in, bias, 0);
  roll(y, out, shift);
}

}  // namespace

TEST_CASE("full size: Swin-L on the cpu agrees with timm") {
  check_against_golden("swin_large", features::find_swin("swin-large"));
}
TEST_CASE("full size: Swin-T on the cpu agrees with timm") {
  check_against_golden("swin_tiny", features::find_swin("swin-tiny"));
}
TEST_CASE("the demo's Swin on the cpu agrees with timm") {
  check_against_golden("swin_demo", features::find_swin("swin-demo"), 2);
}

TEST_CASE("the demo's Swin of the reference agrees with timm to the last digits") {
  reference::device<double> device;
  const auto y = swin_features_of<double>(device, "swin-demo", formula_weights());
  auto exact = golden("swin_demo")["features"].values;
  exact.resize(y.size());
  CHECK(relative_difference(y, exact) < 1e-9);
}

TEST_CASE("a Swin that merges patches in another order fails its golden") {
  const auto swap_middle = [](const std::string& name, const std::vector<dim>& shape,
                              std::vector<float>& values) {
    if (name.find("downsample") == std::string::npos) return;
    const dim length = shape.back(), quarter = length / 4;  // of each row, or of the one row
    for (auto row = values.begin(); row != values.end(); row += length)
      std::swap_ranges(row + quarter, row + 2 * quarter, row + 2 * quarter);
  };
  CHECK(swin_error_with(swap_middle) > 0.01);
}

TEST_CASE("a Swin with query and key swapped fails its golden") {
  const auto swap_query_key = [](const std::string& name, const std::vector<dim>&,
                                 std::vector<float>& values) {
    const auto third = values.size() / 3;
    if (name.find("qkv") != std::string::npos)
      std::swap_ranges(values.begin(), values.begin() + third, values.begin() + third);
  };
  CHECK(swin_error_with(swap_query_key) > 0.01);
}

TEST_CASE("a Swin without the mask of shifted windows fails its golden") {
  unmasked_device device;
  const auto y = swin_features_of<float>(device, "swin-demo", formula_weights(), 2);
  CHECK(relative_difference(y, golden("swin_demo")["features"].values) > 0.01);
}

TEST_CASE("a frame's features are the same bits in any batch and with any number of threads") {
  cpu::device one(1), two(2);
  const auto alone = swin_features_of<float>(one, "swin-demo", formula_weights(), 1);
  auto among_others = swin_features_of<float>(two, "swin-demo", formula_weights(), 5);
  among_others.resize(alone.size());
  CHECK(alone == among_others);
}

TEST_CASE("Swin refuses frames of another size and names it does not know") {
  cpu::device device;
  features::swin<cpu::device> network(device, formula_weights(), features::find_swin("swin-demo"));
  std::vector<std::uint8_t> rgb(112 * 112 * 3);
  std::vector<float> y(256);
  CHECK_THROWS_AS(network(device, shaped(y, 1, 256), shaped(rgb, 1, 112, 112, 3)), error);
  CHECK_THROWS_WITH_AS(
      features::find_swin("swin-huge"),
      "no Swin 'swin-huge'; there are swin-tiny, swin-small, swin-base, swin-large, swin-demo", error);
}

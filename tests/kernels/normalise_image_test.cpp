#include <doctest/doctest.h>

#include <eev/cuda/normalise_image.hpp>
#include <eev/reference/normalise_image.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "formula_inputs.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

namespace {

template <class T>
std::vector<T> normalised(const std::vector<std::uint8_t>& rgb, dim B, dim H, dim W,
                          const image_statistics& colours) {
  cuda::device device;
  const device_tensor<std::uint8_t> from(device, rgb);
  const device_tensor<T> y(device, dim(rgb.size()));
  normalise_image(device, y.as(B, H, W, 3), from.as(B, H, W, 3), colours);
  return y.values();
}

}  // namespace

TEST_CASE("normalised images agree with the reference") {
  const image_statistics uneven{{0.1, 0.5, 0.9}, {0.25, 0.5, 2}};
  for (auto [B, H, W] : {std::array<dim, 3>{1, 1, 1}, {2, 5, 7}, {1, 3, 129}}) {
    const auto rgb = formula_image(B, H, W);
    std::vector<double> expected(rgb.size());
    reference::device<double> exact;
    normalise_image(exact, shaped(expected, B, H, W, 3), shaped(rgb, B, H, W, 3), uneven);
    in_every_order([&] {
      INFO("rgb [", B, ", ", H, ", ", W, ", 3]");
      CHECK(largest_difference(normalised<float>(rgb, B, H, W, uneven), expected) <
            1e-6);  // measured on the CPU runner: 2.3e-7
      CHECK(largest_difference(normalised<bfloat16>(rgb, B, H, W, uneven), expected) <
            1.0 / 64);  // one rounding of values below 4
    });
  }
}

TEST_CASE("images that do not begin at whole words or vectors are normalised the same") {
  cuda::device device;
  const dim W = 9;
  const auto image = formula_image(1, 1, W);
  auto shifted = image;
  shifted.insert(shifted.begin(), 0);
  const device_tensor<std::uint8_t> odd(device, shifted), even(device, image);
  const device_tensor<float> y(device, 1 + 3 * W);
  const auto expected = normalised<float>(image, 1, 1, W, imagenet_statistics);
  const auto check = [&](std::uint8_t* rgb, float* to) {
    normalise_image(device, view<float, 4>{to, {1, 1, W, 3}}, view<const std::uint8_t, 4>{rgb, {1, 1, W, 3}},
                    imagenet_statistics);
    const auto all = y.values();
    const dim begin = to - y.tensor().data;
    CHECK(std::vector<float>(all.begin() + begin, all.begin() + begin + 3 * W) == expected);
  };
  check(odd.tensor().data + 1, y.tensor().data);
  check(even.tensor().data, y.tensor().data + 1);
}

TEST_CASE("normalising no images does nothing, misfits are refused") {
  cuda::device device;
  const device_tensor<std::uint8_t> rgb(device, formula_image(1, 2, 4));
  const device_tensor<float> y(device, 24);
  normalise_image(device, y.as(1, 2, 4, 3).slices(0, 0), rgb.as(1, 2, 4, 3).slices(0, 0),
                  imagenet_statistics);
  CHECK_THROWS_WITH_AS(normalise_image(device, y.as(1, 2, 3, 4), rgb.as(1, 2, 3, 4), imagenet_statistics),
                       "normalise_image: y [1, 2, 3, 4], rgb [1, 2, 3, 4]; expected twice [B, H, W, 3]",
                       error);
}

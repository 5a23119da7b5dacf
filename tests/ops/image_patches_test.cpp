#include <doctest/doctest.h>

#include <eev/cpu/image_patches.hpp>
#include <eev/reference/image_patches.hpp>

#include "close.hpp"
#include "formula_inputs.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("an image patch holds its colours as a convolution's weights do, normalised") {
  auto rgb = formula_image(2, 8, 12);
  std::vector<double> y(2 * 2 * 3 * 48);
  reference::device<double> device;
  image_patches(device, shaped(y, 2, 2, 3, 48), shaped(rgb, 2, 8, 12, 3));
  // Image 1, patch (1, 2), green, row 3, column 1: the pixel (7, 9).
  const double green = rgb[((1 * 8 + 7) * 12 + 9) * 3 + 1] / 255.0;
  CHECK(y[((1 * 2 + 1) * 3 + 2) * 48 + 16 + 4 * 3 + 1] == doctest::Approx((green - 0.456) / 0.224));
}

TEST_CASE("image patches on the cpu agree with the reference") {
  for (auto [B, H, W] : {std::array<dim, 3>{1, 4, 4}, {3, 12, 20}}) {
    auto rgb = formula_image(B, H, W);
    std::vector<double> expected(B * H * W * 3);
    reference::device<double> exact;
    image_patches(exact, shaped(expected, B, H / 4, W / 4, 48), shaped(rgb, B, H, W, 3));
    cpu::device device(2);
    std::vector<float> y(expected.size());
    image_patches(device, shaped(y, B, H / 4, W / 4, 48), shaped(rgb, B, H, W, 3));
    CHECK(largest_difference(y, expected) < 2e-7);  // one rounding of values below 2.7
  }
}

TEST_CASE("image patches refuse a side that is not whole patches") {
  std::vector<std::uint8_t> rgb(6 * 4 * 3);
  std::vector<float> y(72);
  cpu::device device(1);
  CHECK_THROWS_AS(image_patches(device, shaped(y, 1, 1, 1, 72), shaped(rgb, 1, 6, 4, 3)), error);
}

#include <doctest/doctest.h>

#include <eev/cpu/normalise_image.hpp>
#include <eev/reference/normalise_image.hpp>

#include "close.hpp"
#include "formula_inputs.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("an image is normalised colour by colour") {
  const std::vector<std::uint8_t> rgb{0, 128, 255, 51, 0, 102};  // two pixels
  std::vector<double> y(6);
  reference::device<double> device;
  const image_statistics colours{{0.5, 0.25, 0}, {0.5, 1, 2}};
  normalise_image(device, shaped(y, 1, 1, 2, 3), shaped(rgb, 1, 1, 2, 3), colours);
  const std::vector<double> expected{-1, 128 / 255.0 - 0.25, 0.5, -0.6, -0.25, 0.2};
  CHECK(largest_difference(y, expected) < 1e-15);
}

TEST_CASE("normalising on the cpu agrees with the reference, to the same bits with any number of threads") {
  for (const auto& colours : {imagenet_statistics, centred_statistics}) {
    const auto rgb = formula_image(3, 7, 13);
    const dim size = dim(rgb.size());
    std::vector<double> expected(size);
    reference::device<double> exact;
    normalise_image(exact, shaped(expected, 3, 7, 13, 3), shaped(rgb, 3, 7, 13, 3), colours);
    std::vector<float> one(size), three(size);
    std::vector<bfloat16> half(size);
    cpu::device single(1), several(3);
    normalise_image(single, shaped(one, 3, 7, 13, 3), shaped(rgb, 3, 7, 13, 3), colours);
    normalise_image(several, shaped(three, 3, 7, 13, 3), shaped(rgb, 3, 7, 13, 3), colours);
    normalise_image(several, shaped(half, 3, 7, 13, 3), shaped(rgb, 3, 7, 13, 3), colours);
    CHECK(largest_difference(one, expected) < 1e-6);  // measured: 2.9e-7; three roundings of values below 2.7
    CHECK(one == three);
    CHECK(largest_difference(half, expected) < 1.0 / 128);  // one rounding of 8 bits
  }
}

TEST_CASE("normalising no images does nothing, misfits are refused") {
  std::vector<std::uint8_t> rgb(2 * 2 * 4);
  std::vector<float> y(2 * 2 * 4);
  cpu::device device(1);
  normalise_image(device, shaped(y, 4, 2, 2, 1).slices(0, 0).as(0, 2, 2, 3),
                  shaped(rgb, 4, 2, 2, 1).slices(0, 0).as(0, 2, 2, 3), imagenet_statistics);
  CHECK_THROWS_WITH_AS(
      normalise_image(device, shaped(y, 1, 2, 2, 4), shaped(rgb, 1, 2, 2, 4), imagenet_statistics),
      "normalise_image: y [1, 2, 2, 4], rgb [1, 2, 2, 4]; expected twice [B, H, W, 3]", error);
}

#include <doctest/doctest.h>

#include <eev/cuda/resize.hpp>
#include <eev/reference/resize.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "formula_inputs.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

namespace {

/// y [h, w, 3] from x [H, W, 3], both ways.
void has_the_bits_of_the_reference(dim H, dim W, dim h, dim w, resize_window window) {
  const auto x = formula_image(1, H, W);
  std::vector<std::uint8_t> expected(h * w * 3);
  reference::device<float> exact;
  resize(exact, shaped(expected, h, w, 3), shaped(x, H, W, 3), window);
  in_every_order([&] {
    INFO(H, "x", W, " to ", h, "x", w);
    cuda::device device;
    const device_tensor<std::uint8_t> from(device, x), y(device, std::vector<std::uint8_t>(h * w * 3, 85));
    resize(device, y.as(h, w, 3), from.as(H, W, 3), window);
    CHECK(y.values() == expected);
  });
}

}  // namespace

TEST_CASE("resizing has the bits of the reference, whichever pass comes first") {
  const dim sizes[][4] = {{5, 7, 3, 4}, {1, 9, 1, 4}, {1, 1, 3, 2}, {30, 7, 4, 6}, {7, 5, 9, 34}};
  for (auto [H, W, h, w] : sizes) has_the_bits_of_the_reference(H, W, h, w, {h, w, 0, 0});
}

TEST_CASE("a part of a resized image has the bits of the reference") {
  has_the_bits_of_the_reference(31, 17, 7, 10, {16, 15, 4, 3});
}

TEST_CASE("large: resizing has the bits of the reference, at many ratios, of parts, of a video's frame") {
  const dim sizes[][4] = {{7, 5, 20, 31},   {60, 2, 7, 9},       {2, 90, 11, 3},   {34, 28, 20, 28},
                          {34, 28, 34, 20}, {23, 37, 23, 37},    {47, 61, 12, 32}, {61, 27, 8, 35},
                          {1, 400, 5, 5},   {180, 320, 112, 112}};
  for (auto [H, W, h, w] : sizes) has_the_bits_of_the_reference(H, W, h, w, {h, w, 0, 0});
  has_the_bits_of_the_reference(45, 51, 15, 20, {32, 41, 5, 13});
  has_the_bits_of_the_reference(71, 33, 9, 21, {16, 30, 7, 9});
}

TEST_CASE("resizing to nothing does nothing; images without pixels and parts outside are refused") {
  cuda::device device;
  const device_tensor<std::uint8_t> x(device, formula_image(1, 4, 4)), y(device, formula_image(1, 2, 2));
  resize(device, y.as(2, 2, 3).slices(0, 0), x.as(4, 4, 3), {3, 3, 0, 0});
  CHECK_THROWS_WITH_AS(resize(device, y.as(2, 2, 3), x.as(4, 4, 3), {3, 3, 2, 0}),
                       "resize: y [2, 2, 3], x [4, 4, 3], resized to [3, 3] from [2, 0] on; expected 3 "
                       "channels, y inside the resized image",
                       error);
  CHECK_THROWS_AS(resize(device, y.as(2, 2, 3), x.as(4, 4, 3).slices(0, 0)), error);
  CHECK_THROWS_AS(resize(device, y.as(2, 3, 2), x.as(8, 3, 2)), error);
  const dim most = 65535 * 16;  // a grid has 65,535 blocks of 16 rows
  CHECK_THROWS_WITH_AS(
      resize(device, y.as(2, 2, 3), view<std::uint8_t, 3>{x.tensor().data, {most + 1, 4, 3}}),
      "resize: y [2, 2, 3], x [1048561, 4, 3]; on a GPU a side has at most 1048560 pixels", error);
}

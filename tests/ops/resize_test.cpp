#include <doctest/doctest.h>

#include <eev/cpu/resize.hpp>
#include <eev/reference/resize.hpp>

#include "close.hpp"
#include "formula_inputs.hpp"
#include "golden.hpp"

using namespace eev;
using namespace eev::test;

namespace {

template <class Device>
std::vector<std::uint8_t> resized(Device&& device, const std::vector<std::uint8_t>& x, dim H, dim W, dim h,
                                  dim w, resize_filter filter = resize_filter::bicubic) {
  std::vector<std::uint8_t> y(h * w * 3);
  resize(device, shaped(y, h, w, 3), shaped(x, H, W, 3), {h, w, 0, 0, filter});
  return y;
}

}  // namespace

TEST_CASE("resizing gives Pillow's bits") {
  golden expected("resize");
  const dim sizes[][4] = {{5, 7, 3, 4},     {7, 5, 20, 31},    {1, 9, 1, 4},     {1, 1, 3, 2},
                          {300, 2, 7, 9},   {2, 500, 11, 3},   {64, 48, 20, 48}, {64, 48, 64, 20},
                          {33, 57, 33, 57}, {97, 131, 32, 32}, {1, 4000, 5, 5}};
  for (auto [H, W, h, w] : sizes) {
    const auto x = formula_image(1, H, W);
    for (auto filter : {resize_filter::bicubic, resize_filter::bilinear}) {
      const bool cubic = filter == resize_filter::bicubic;
      const auto name = message(cubic ? "stretch " : "bilinear ", H, "x", W, " ", h, "x", w);
      CAPTURE(name);
      const auto pillow = expected[name].values;
      CHECK(largest_difference(resized(reference::device<float>(), x, H, W, h, w, filter), pillow) == 0);
      CHECK(largest_difference(resized(cpu::device(2), x, H, W, h, w, filter), pillow) == 0);
    }
  }
}

TEST_CASE("an image resized to its own size is itself, and a constant one stays constant") {
  const auto x = formula_image(1, 17, 35);
  CHECK(resized(cpu::device(2), x, 17, 35, 17, 35) == x);
  for (std::uint8_t value : {0, 1, 127, 255})
    CHECK(resized(cpu::device(1), std::vector<std::uint8_t>(19 * 41 * 3, value), 19, 41, 50, 7) ==
          std::vector<std::uint8_t>(50 * 7 * 3, value));
}

TEST_CASE("a part of a resized image is that part of the whole") {
  const dim H = 45, W = 71, height = 32, width = 51, top = 5, left = 13, h = 20, w = 30;
  const auto x = formula_image(1, H, W);
  const auto whole = resized(reference::device<float>(), x, H, W, height, width);
  std::vector<std::uint8_t> expected, part(h * w * 3), slow(h * w * 3);
  for (dim i = top; i < top + h; ++i)
    expected.insert(expected.end(), whole.begin() + (i * width + left) * 3,
                    whole.begin() + (i * width + left + w) * 3);
  cpu::device device(2);
  resize(device, shaped(part, h, w, 3), shaped(x, H, W, 3), {height, width, top, left});
  CHECK(part == expected);
  reference::device<float> exact;
  resize(exact, shaped(slow, h, w, 3), shaped(x, H, W, 3), {height, width, top, left});
  CHECK(slow == expected);
}

TEST_CASE("resizing has the same bits with any number of threads") {
  const auto x = formula_image(1, 123, 77);
  CHECK(resized(cpu::device(1), x, 123, 77, 40, 50) == resized(cpu::device(3), x, 123, 77, 40, 50));
}

TEST_CASE("resizing refuses images without pixels and parts outside the image") {
  std::vector<std::uint8_t> x(4 * 4 * 3), y(2 * 2 * 3);
  cpu::device fast(1);
  reference::device<float> slow;
  const auto refused = [&](auto& device) {
    CHECK_THROWS_WITH_AS(resize(device, shaped(y, 2, 2, 3), shaped(x, 4, 4, 3), {3, 3, 2, 0}),
                         "resize: y [2, 2, 3], x [4, 4, 3], resized to [3, 3] from [2, 0] on; "
                         "expected y inside the resized image",
                         error);
    CHECK_THROWS_AS(resize(device, shaped(y, 2, 2, 3), view<const std::uint8_t, 3>{nullptr, {0, 4, 3}}),
                    error);
  };
  refused(fast);
  refused(slow);
}

#include <cmath>

#include <doctest/doctest.h>

#include <eev/cpu/nv12_to_rgb.hpp>
#include <eev/reference/nv12_to_rgb.hpp>

#include "nv12_frame.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("a frame of one colour in NV12 becomes that colour in RGB, by the stream's matrix and range") {
  for (auto matrix : {bt601, bt709, colour_matrix{0.2627, 0.0593, false}})
    for (bool full : {false, true})
      for (auto [Y, U, V] : {std::array{110, 90, 190}, {16, 128, 128}, {235, 128, 128}, {200, 20, 40}}) {
        matrix.full_range = full;
        const auto frame = nv12_frame::of_one_colour(5, 7, Y, U, V);
        // From the definition, in double.
        const double y = full ? Y / 255.0 : (Y - 16) / 219.0, range = full ? 255 : 224;
        const double r = y + 2 * (1 - matrix.red_share) * (V - 128) / range;
        const double b = y + 2 * (1 - matrix.blue_share) * (U - 128) / range;
        const double g =
            (y - matrix.red_share * r - matrix.blue_share * b) / (1 - matrix.red_share - matrix.blue_share);
        const auto rgb = frame.rgb_of(reference::device<float>(), matrix);
        for (std::size_t i = 0; i < rgb.size(); ++i) {
          const double exact = 255 * std::array{r, g, b}[i % 3];
          CHECK(std::abs(rgb[i] - std::fmin(255, std::fmax(0, exact))) < 0.51);  // one rounding
        }
      }
}

TEST_CASE("chroma between samples is interpolated, a quarter of the further row and half of either column") {
  nv12_frame frame = nv12_frame::of_one_colour(4, 4, 128, 128, 128);
  frame.chroma[(0 * 2 + 1) * 2 + 1] = 128 + 64;  // V of row 0, column 1: above pixel row 1, at pixel column 2
  const auto rgb = frame.rgb_of(reference::device<float>(), {0.299, 0.114, true});
  const auto red = [&](dim i, dim j) { return rgb[(i * 4 + j) * 3] - 128; };
  const double whole = 64 * 2 * (1 - 0.299);
  for (dim i = 0; i < 4; ++i)
    for (dim j = 0; j < 4; ++j) {
      const double down = std::array{1.0, 0.75, 0.25, 0.0}[i], across = std::array{0.0, 0.5, 1.0, 1.0}[j];
      CHECK(std::abs(red(i, j) - whole * down * across) < 0.51);
    }
}

TEST_CASE(
    "NV12 on the cpu has the bits of the reference, at even and odd sizes, with any number of threads") {
  for (auto [H, W] : {std::pair<dim, dim>{1, 1}, {2, 2}, {3, 5}, {16, 34}, {37, 1}, {1, 70}, {45, 63}}) {
    const auto frame = nv12_frame::by_formula(H, W);
    for (auto matrix : {bt601, colour_matrix{0.2126, 0.0722, true}}) {
      const auto expected = frame.rgb_of(reference::device<float>(), matrix);
      CHECK(frame.rgb_of(cpu::device(1), matrix) == expected);
      CHECK(frame.rgb_of(cpu::device(3), matrix) == expected);
    }
  }
}

TEST_CASE("NV12 without pixels gives none; planes that do not fit are refused") {
  CHECK(nv12_frame::by_formula(0, 4).rgb_of(cpu::device(1), bt601).empty());
  const char* expected =
      "nv12_to_rgb: rgb [4, 6, 3], luma [4, 6], chroma [2, 2, 2]; expected rgb [H, W, 3], luma [H, W], "
      "chroma [(H + 1) / 2, (W + 1) / 2, 2]";
  std::vector<std::uint8_t> rgb(72), luma(24), chroma(8);
  const auto refused = [&](auto&& device) {
    CHECK_THROWS_WITH_AS(
        nv12_to_rgb(device, shaped(rgb, 4, 6, 3), shaped(luma, 4, 6), shaped(chroma, 2, 2, 2), bt601),
        expected, error);
  };
  refused(cpu::device(1));
  refused(reference::device<float>());
}

#include <cstdlib>
#include <string>

#include <doctest/doctest.h>
#include <openssl/evp.h>

#include <eev/cpu/resize.hpp>
#include <eev/features/frame_preparation.hpp>
#include <eev/media/still_image.hpp>
#include <eev/reference/resize.hpp>

#include "close.hpp"
#include "formula_inputs.hpp"
#include "golden.hpp"

using namespace eev;
using namespace eev::test;
using features::frame_resize;

namespace {

std::vector<std::uint8_t> prepared(const_view<std::uint8_t, 3> x, dim side, frame_resize how,
                                   resize_filter filter = resize_filter::bicubic) {
  cpu::device device;
  std::vector<std::uint8_t> y(side * side * 3);
  prepare_frame(device, shaped(y, side, side, 3), x, how, filter);
  return y;
}

std::vector<double> sha256(const std::vector<std::uint8_t>& bytes) {
  unsigned char digest[32];
  REQUIRE(EVP_Digest(bytes.data(), bytes.size(), digest, nullptr, EVP_sha256(), nullptr));
  return {digest, digest + 32};
}

void check_hashes(const std::string& name, const_view<std::uint8_t, 3> x) {
  CAPTURE(name);
  golden expected("resize");
  CHECK(sha256(prepared(x, 224, frame_resize::stretch)) == expected["sha256 stretch " + name].values);
  CHECK(sha256(prepared(x, 224, frame_resize::crop)) == expected["sha256 crop " + name].values);
}

}  // namespace

TEST_CASE("the middle of a frame is torchvision's, to the bit") {
  golden expected("resize");
  for (auto [H, W] : {std::pair<dim, dim>{40, 97}, {97, 41}, {9, 200}, {28, 28}, {31, 30}, {200, 1}}) {
    CAPTURE(H);
    CAPTURE(W);
    const auto x = formula_image(1, H, W);
    CHECK(largest_difference(prepared(shaped(x, H, W, 3), 28, frame_resize::crop),
                             expected[message("crop ", H, "x", W)].values) == 0);
    CHECK(largest_difference(prepared(shaped(x, H, W, 3), 28, frame_resize::crop, resize_filter::bilinear),
                             expected[message("bilinear crop ", H, "x", W)].values) == 0);
  }
}

TEST_CASE("frames of video size become Pillow's 224x224, to the bit") {
  for (auto [H, W] : {std::pair<dim, dim>{480, 853}, {406, 720}, {1080, 607}}) {
    const auto x = formula_image(1, H, W);
    check_hashes(message(H, "x", W), shaped(x, H, W, 3));
  }
}

TEST_CASE("photographs become Pillow's 224x224, to the bit") {
  const char* media = std::getenv("EEV_TEST_MEDIA");
  if (!media) {
    MESSAGE("skipped: EEV_TEST_MEDIA is not set");
    return;
  }
  for (const std::string name : {"astronaut", "chelsea", "coffee"}) {
    const auto picture = media::load_still_image(message(media, "/images/", name, ".png"));
    check_hashes(name, picture.tensor());
  }
}

TEST_CASE("a frame a million pixels long is prepared without making the long image") {
  const std::vector<std::uint8_t> x(1'000'000 * 3, 9);
  CHECK(prepared(shaped(x, 1, 1'000'000, 3), 28, frame_resize::crop) ==
        std::vector<std::uint8_t>(28 * 28 * 3, 9));
  CHECK(prepared(shaped(x, 1'000'000, 1, 3), 28, frame_resize::stretch) ==
        std::vector<std::uint8_t>(28 * 28 * 3, 9));
}

TEST_CASE("a frame without pixels is refused") {
  for (auto how : {frame_resize::stretch, frame_resize::crop})
    CHECK_THROWS_WITH_AS(
        prepared({nullptr, {4, 0, 3}}, 28, how),
        "prepare_frame: y [28, 28, 3], x [4, 0, 3]; expected a square y and an x with pixels", error);
}

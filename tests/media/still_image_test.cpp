#include <cstdint>
#include <string>

#include <doctest/doctest.h>

#include <eev/media/video_file.hpp>

#include "encode.hpp"

using namespace eev;

namespace {

/// One picture through FFmpeg's encoder of that name.
std::string still(const std::string& name, const std::string& codec, AVPixelFormat format,
                  test::painter paint) {
  test::video_track track{
      .codec = codec, .format = format, .width = 7, .height = 5, .times = {0}, .paint = paint};
  track.range = AVCOL_RANGE_JPEG;
  return test::write_clip(name, {.video = track, .options = {{"update", "1"}}});
}

}  // namespace

TEST_CASE("a PNG keeps its pixels") {
  auto pattern = [](AVFrame& frame, int) {
    for (int y = 0; y < frame.height; ++y)
      for (int x = 0; x < 3 * frame.width; ++x)
        frame.data[0][y * frame.linesize[0] + x] = std::uint8_t(10 * y + 7 * x);
  };
  const std::string path = still("still.png", "png", AV_PIX_FMT_RGB24, pattern);
  CHECK(media::is_still_image(path));
  media::image picture = media::load_still_image(path);
  REQUIRE(picture.height == 5);
  REQUIRE(picture.width == 7);
  REQUIRE(picture.pixels.size() == 5 * 7 * 3);
  bool same = true;
  for (int y = 0; y < 5; ++y)
    for (int x = 0; x < 21; ++x)
      same = same && picture.pixels[std::size_t(21 * y + x)] == std::uint8_t(10 * y + 7 * x);
  CHECK(same);
  CHECK(picture.tensor()(4, 6, 2) == 10 * 4 + 7 * 20);
}

TEST_CASE("a JPEG is read, under any name, and grey becomes RGB") {
  const std::string path = still("still.jpg", "mjpeg", AV_PIX_FMT_YUVJ420P, test::solid({200, 128, 128, 0}));
  const std::string renamed = test::write_bytes(test::scratch("without_extension"), test::read_bytes(path));
  CHECK(media::is_still_image(renamed));
  media::image picture = media::load_still_image(renamed);
  CHECK(picture.height == 5);
  CHECK(picture.width == 7);
  for (int value : picture.pixels) CHECK(std::abs(value - 200) <= 1);
}

TEST_CASE("one JPEG after another is a video by its name") {
  const std::string path = still("still.jpg", "mjpeg", AV_PIX_FMT_YUVJ420P, test::solid({200, 128, 128, 0}));
  test::bytes joined;
  for (int frame = 0; frame < 50; ++frame)
    for (const char byte : test::read_bytes(path)) joined.push_back(byte);
  for (const char* name : {"stream.mjpeg", "stream.MJPG"}) {
    const std::string stream = test::write_bytes(test::scratch(name), joined);
    CHECK_FALSE(media::is_still_image(stream));
    media::video_file video(stream);
    while (video.next_frame()) continue;
    CHECK(video.duration() == 2);  // FFmpeg counts 25 frames a second where nothing says how many
  }
}

TEST_CASE("what is no still image is said to be none, and loading it names the file") {
  const std::string text = test::write_bytes(test::scratch("text.png"), {'h', 'e', 'l', 'l', 'o'});
  CHECK_FALSE(media::is_still_image(text));
  CHECK_FALSE(media::is_still_image(test::write_bytes(test::scratch("empty.png"), {})));
  CHECK_FALSE(media::is_still_image(test::scratch("missing.png")));
  CHECK_THROWS_WITH_AS(media::load_still_image(text), doctest::Contains("text.png"), error);
  CHECK_THROWS_WITH_AS(media::load_still_image(test::scratch("missing.png")),
                       doctest::Contains("missing.png"), error);
}

TEST_CASE("a broken PNG is an error or a picture, never a crash") {
  const std::string path =
      still("whole.png", "png", AV_PIX_FMT_RGB24, [](AVFrame& frame, int) { test::paint_index(frame, 9); });
  const test::bytes whole = test::read_bytes(path);
  int errors = 0;
  for (std::size_t size = 8; size < whole.size(); ++size) {
    test::bytes part(whole.begin(), whole.begin() + std::ptrdiff_t(size));
    try {
      media::load_still_image(test::write_bytes(test::scratch("part.png"), part));
    } catch (const error&) {
      ++errors;
    }
  }
  CHECK(errors > 0);
}

TEST_CASE("a picture that claims to be larger than any is refused before memory is taken for it") {
  // A PNG's mark and its first chunk: width, height, bits, RGB.
  const auto header = [](std::uint32_t width, std::uint32_t height) {
    std::string bytes("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
    for (const std::uint32_t size : {width, height})
      for (int shift = 24; shift >= 0; shift -= 8) bytes += char(size >> shift);
    return bytes + std::string("\x08\x02\0\0\0\0\0\0\0", 9);
  };
  const auto refusal = [&](std::uint32_t width, std::uint32_t height) {
    const std::string bytes = header(width, height);
    const std::string path = test::write_bytes(test::scratch("large.png"), {bytes.begin(), bytes.end()});
    try {
      media::load_still_image(path);
    } catch (const error& problem) {
      return std::string(problem.what());
    }
    return std::string();
  };
  CHECK(refusal(18000, 18000)
            .ends_with("large.png: a picture of 18000 x 18000 pixels, expected at most 67108864 pixels"));
  CHECK(refusal(8192, 8192).find("cannot read as PNG or JPEG") != std::string::npos);
}

// What the pictures of a video reader look like; which ones it chooses is tested in video_reader_test.cpp.
#include <cstdint>
#include <utility>

#include <doctest/doctest.h>

#include <eev/media/video_reader.hpp>

#include "encode.hpp"

using namespace eev;
using test::every;

TEST_CASE("the display matrix turns the picture") {
  // A quarter of the picture is marked, in the top left corner. Matrices as in the MP4 header, 16.16.
  constexpr std::int32_t one = 65536;
  struct turned {
    const char* what;
    std::array<std::int32_t, 4> abcd;
    bool upright;
    int marked_row, marked_column;  // 0: first half, 1: second half
  };
  auto paint = [](AVFrame& frame, int) {
    for (int y = 0; y < frame.height; ++y)
      for (int x = 0; x < 3 * frame.width; ++x)
        frame.data[0][y * frame.linesize[0] + x] =
            y < frame.height / 2 && x < 3 * (frame.width / 2) ? 250 : 5;
  };
  for (const turned& each :
       {turned{"none", {one, 0, 0, one}, true, 0, 0}, turned{"90 clockwise", {0, one, -one, 0}, false, 0, 1},
        turned{"180", {-one, 0, 0, -one}, true, 1, 1},
        turned{"90 counterclockwise", {0, -one, one, 0}, false, 1, 0},
        turned{"mirrored left to right", {-one, 0, 0, one}, true, 0, 1},
        turned{"mirrored top to bottom", {one, 0, 0, -one}, true, 1, 0},
        turned{"transposed", {0, one, one, 0}, false, 0, 0},
        turned{"10 degrees", {64540, 11380, -11380, 64540}, true, 0, 0},
        turned{"80 degrees", {11380, 64540, -64540, 11380}, false, 0, 1}}) {
    CAPTURE(each.what);
    test::video_track made{
        .codec = "png", .format = AV_PIX_FMT_RGB24, .width = 10, .height = 6, .times = {0, 40}};
    made.last_duration = 40, made.paint = paint;
    made.display_matrix = {each.abcd[0], each.abcd[1], 0, each.abcd[2], each.abcd[3], 0, 0, 0, 1 << 30};
    media::video_reader video(test::write_clip("turned.mov", {.video = made}));
    auto row = video.next();
    REQUIRE(row);
    const media::image& picture = *row->picture;
    CHECK(picture.height == (each.upright ? 6 : 10));
    CHECK(picture.width == (each.upright ? 10 : 6));
    for (dim y = 0; y < picture.height; ++y)
      for (dim x = 0; x < picture.width; ++x) {
        bool marked =
            y / (picture.height / 2) == each.marked_row && x / (picture.width / 2) == each.marked_column;
        CHECK(picture.tensor()(y, x, 1) == (marked ? 250 : 5));
      }
  }
}

TEST_CASE("odd sizes come out whole") {
  for (auto [width, height] : {std::pair{33, 17}, {1, 1}, {65, 2}, {2, 65}}) {
    test::video_track made{.format = AV_PIX_FMT_YUV420P, .width = width, .height = height, .times = {0}};
    made.last_duration = 40,
    made.paint = test::solid({126, 128, 128, 0});  // grey: (126 - 16) 255 / 219 = 128
    media::video_reader video(test::write_clip("odd.mkv", {.video = made}));
    auto row = video.next();
    REQUIRE(row);
    CHECK(row->picture->width == width);
    CHECK(row->picture->height == height);
    for (int value : row->picture->pixels) CHECK(std::abs(value - 128) <= 1);
  }
}

TEST_CASE("a picture that changes its size goes on in the new one") {
  const std::string small =
      test::write_clip("small.mjpeg", {.video = test::video_track{.codec = "mjpeg",
                                                                  .format = AV_PIX_FMT_YUVJ420P,
                                                                  .width = 32,
                                                                  .height = 16,
                                                                  .times = every(40, 30),
                                                                  .paint = test::solid({100, 128, 128, 0}),
                                                                  .range = AVCOL_RANGE_JPEG}});
  const std::string large =
      test::write_clip("large.mjpeg", {.video = test::video_track{.codec = "mjpeg",
                                                                  .format = AV_PIX_FMT_YUVJ420P,
                                                                  .width = 48,
                                                                  .height = 40,
                                                                  .times = every(40, 30),
                                                                  .paint = test::solid({200, 128, 128, 0}),
                                                                  .range = AVCOL_RANGE_JPEG}});
  test::bytes joined = test::read_bytes(small);
  for (char byte : test::read_bytes(large)) joined.push_back(byte);
  media::video_reader video(test::write_bytes(test::scratch("joined.mjpeg"), joined));
  std::vector<dim> widths;
  int last = 0;
  while (auto row = video.next()) widths.push_back(row->picture->width), last = row->picture->pixels[0];
  CHECK(widths == std::vector<dim>{32, 32, 48});  // 60 frames at 25 a second
  CHECK(std::abs(last - 200) <= 1);
}

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

/// Exif data: a camera's width of a pixel's tag, and then the orientation.
test::bytes exif_of(std::uint16_t value, bool little) {
  test::bytes bytes;
  const auto put = [&](std::uint32_t number, int size) {
    for (int i = 0; i < size; ++i) bytes.push_back(char(number >> 8 * (little ? i : size - 1 - i)));
  };
  for (const char letter : {'E', 'x', 'i', 'f', '\0', '\0'}) bytes.push_back(letter);
  for (int i = 0; i < 2; ++i) bytes.push_back(little ? 'I' : 'M');
  put(42, 2), put(8, 4), put(2, 2);
  put(256, 2), put(3, 2), put(1, 4), put(6, 2), put(0, 2);
  put(274, 2), put(3, 2), put(1, 4), put(value, 2), put(0, 2);
  return bytes;
}

/// A JPEG with a segment of Exif data at its beginning.
std::string with_exif(const std::string& path, const test::bytes& exif) {
  const test::bytes jpeg = test::read_bytes(path);
  test::bytes file(jpeg.begin(), jpeg.begin() + 2);
  const std::size_t size = exif.size() + 2;
  for (const std::size_t byte : {std::size_t(0xff), std::size_t(0xe1), size >> 8, size & 255})
    file.push_back(char(byte));
  file.insert(file.end(), exif.begin(), exif.end());
  file.insert(file.end(), jpeg.begin() + 2, jpeg.end());
  return test::write_bytes(test::scratch("exif.jpg"), file);
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

TEST_CASE("a JPEG is turned as its Exif data say") {
  const auto pattern = [](AVFrame& frame, int) {  // brightness tells rows, columns and corners apart
    for (int y = 0; y < frame.height; ++y)
      for (int x = 0; x < frame.width; ++x)
        frame.data[0][y * frame.linesize[0] + x] = std::uint8_t(20 + 40 * y + 5 * x);
    for (int plane : {1, 2})
      for (int y = 0; y < (frame.height + 1) / 2; ++y)
        std::fill_n(frame.data[plane] + y * frame.linesize[plane], (frame.width + 1) / 2, std::uint8_t(128));
  };
  const std::string path = still("plain.jpg", "mjpeg", AV_PIX_FMT_YUVJ420P, pattern);
  const media::image plain = media::load_still_image(path);
  REQUIRE(plain.height == 5);
  REQUIRE(plain.width == 7);
  enum side { top, bottom, left, right };
  const struct {
    int value;
    side row, column;  // where the first ones are to be seen, in the words of Exif 2.3
  } orientations[] = {{1, top, left}, {2, top, right}, {3, bottom, right}, {4, bottom, left},
                      {5, left, top}, {6, right, top}, {7, right, bottom}, {8, left, bottom},
                      {0, top, left}, {9, top, left}};
  for (const auto& [value, row, column] : orientations)
    for (const bool little : {true, false}) {
      INFO("orientation ", value);
      const media::image turned =
          media::load_still_image(with_exif(path, exif_of(std::uint16_t(value), little)));
      const bool upright = row == top || row == bottom;
      REQUIRE(turned.height == (upright ? 5 : 7));
      REQUIRE(turned.width == (upright ? 7 : 5));
      const auto seen = [&](side of, int index, int count) {
        return of == top || of == left ? index : count - 1 - index;
      };
      int different = 0;
      for (int r = 0; r < 5; ++r)
        for (int c = 0; c < 7; ++c) {
          const int along_rows = seen(row, r, 5), along_columns = seen(column, c, 7);
          const int y = upright ? along_rows : along_columns, x = upright ? along_columns : along_rows;
          for (int k = 0; k < 3; ++k) different += turned.tensor()(y, x, k) != plain.tensor()(r, c, k);
        }
      CHECK(different == 0);
    }
}

TEST_CASE("broken Exif data turn nothing or something, and never crash") {
  const std::string path = still("plain.jpg", "mjpeg", AV_PIX_FMT_YUVJ420P, test::solid({200, 128, 128, 0}));
  const test::bytes whole = exif_of(6, true);
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK(media::load_still_image(with_exif(path, {whole.begin(), whole.begin() + long(size)})).height ==
          (size < 38 ? 5 : 7));  // 14 before the entries, 12 of the first, 12 of the second but what pads it
  for (std::size_t place = 0; place < whole.size(); ++place)
    for (const unsigned char value : {0x00, 0x7f, 0xff}) {
      test::bytes broken = whole;
      broken[place] = char(value);
      CHECK(media::load_still_image(with_exif(path, broken)).pixels.size() == 5 * 7 * 3);
    }
  // Segments without an end, and one whose size does not even count itself.
  for (const std::string file : {"\xff\xd8", "\xff\xd8\xff", "\xff\xd8\xff\xe1", "\xff\xd8\xff\xff\xff",
                                 "\xff\xd8\xff\xe1\x01\x01"
                                 "Exif"})
    CHECK(!media::orientation_of_jpeg(file).transpose);
  CHECK(!media::orientation_of_jpeg({"\xff\xd8\xff\xe1\0\0", 6}).transpose);
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

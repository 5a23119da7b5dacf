#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <eev/media/audio_reader.hpp>
#include <eev/media/still_image.hpp>  // a second translation unit with stb_image: the two must link
#include <eev/media/stream_decoder.hpp>
#include <eev/media/video_reader.hpp>

#include "encode.hpp"

using namespace eev;
using media::stream_decoder;
using test::every;

namespace {

const test::audio_track sound{.runs = {{0, 24000}}};

test::video_track coded(std::string codec, AVPixelFormat format) {
  test::video_track made{
      .codec = std::move(codec), .format = format, .times = every(40, 30), .last_duration = 40};
  made.width = 48, made.height = 32;
  if (format == AV_PIX_FMT_YUV420P) made.paint = test::paint_grey;
  return made;
}

/// A clip of 1.2 s in each kind of container, all with sound.
std::vector<std::pair<std::string, test::clip>> samples() {
  test::audio_track aac = sound;
  aac.codec = "aac";
  return {
      {"whole.mp4", {.video = coded("libx264", AV_PIX_FMT_YUV420P), .audio = aac}},
      {"faststart.mp4",
       {.video = coded("mpeg4", AV_PIX_FMT_YUV420P), .audio = aac, .options = {{"movflags", "faststart"}}}},
      {"whole.mkv", {.video = coded("ffv1", AV_PIX_FMT_BGR0), .audio = sound}},
      {"whole.avi", {.video = coded("mjpeg", AV_PIX_FMT_YUVJ420P), .audio = sound}},
      {"whole.ts", {.video = coded("libx264", AV_PIX_FMT_YUV420P), .audio = aac}}};
}

struct outcome {
  dim rows = 0, frames_lost = 0, samples = 0;
  bool failed = false;
};

/// Reads everything there is; an eev::error is an outcome too, anything else is not.
outcome outcome_of(const std::string& path) {
  outcome found;
  try {
    if (auto audio = media::audio_reader::open(path)) {
      std::vector<float> samples;
      while (audio->read(samples)) {
        found.samples += dim(samples.size());
        samples.clear();
      }
    }
    media::video_reader video(path, {.threads = 1});
    while (video.next()) ++found.rows;
    found.frames_lost = video.skipped_frames();
  } catch (const error&) {
    found.failed = true;
  }
  return found;
}

/// Overwrites the bytes that follow each occurrence of `tag`, after `skip` more.
void patch(test::bytes& file, const std::string& tag, std::size_t skip, const test::bytes& with) {
  int patched = 0;
  for (auto at = file.begin(); (at = std::search(at, file.end(), tag.begin(), tag.end())) != file.end();
       ++at, ++patched)
    std::copy(with.begin(), with.end(), at + std::ptrdiff_t(tag.size() + skip));
  REQUIRE(patched > 0);
}

test::bytes big_endian(std::uint64_t value, int size) {
  test::bytes made;
  for (int i = size - 1; i >= 0; --i) made.push_back(char(value >> (8 * i)));
  return made;
}

}  // namespace

TEST_CASE("the lowest-numbered stream of its type is chosen, or the one asked for") {
  const std::string path = test::write_clip(
      "sound_first.mkv", {.video = coded("ffv1", AV_PIX_FMT_BGR0), .audio = sound, .audio_first = true});
  CHECK(media::video_reader(path).stream() == 1);
  CHECK(media::video_reader(path, {.stream = 1}).stream() == 1);
  CHECK(media::audio_reader::open(path)->stream() == 0);
  CHECK(media::audio_reader::open(path, 0)->stream() == 0);
}

TEST_CASE("a wrong stream index is an error that names the streams there are") {
  const std::string path =
      test::write_clip("named.mkv", {.video = coded("ffv1", AV_PIX_FMT_BGR0), .audio = sound});
  for (int wrong : {1, 2, -1, 1000}) {
    CHECK_THROWS_WITH_AS(media::video_reader(path, {.stream = wrong}), doctest::Contains("named.mkv"), error);
    CHECK_THROWS_WITH_AS(media::video_reader(path, {.stream = wrong}),
                         doctest::Contains("0 video (ffv1), 1 audio (pcm_s16le)"), error);
  }
  CHECK_THROWS_AS(media::audio_reader::open(path, 0), error);
}

TEST_CASE("attached pictures are no video") {
  test::audio_track flac{.codec = "flac", .runs = {{0, 16000}}};
  const std::string path = test::write_clip("cover.flac", {.audio = flac, .cover = true});
  CHECK_THROWS_WITH_AS(media::video_reader{path}, doctest::Contains("no video stream"), error);
  CHECK_THROWS_WITH_AS(media::video_reader(path, {.stream = 1}), doctest::Contains("attached picture"),
                       error);
  CHECK(media::audio_reader::open(path).has_value());
}

TEST_CASE("sound alone has no video, video alone has no sound") {
  const std::string audio = test::write_clip("audio_only.wav", {.audio = sound});
  CHECK_THROWS_WITH_AS(media::video_reader{audio}, doctest::Contains("audio_only.wav: has no video stream"),
                       error);
  const std::string silent = test::write_clip("video_only.mkv", {.video = coded("ffv1", AV_PIX_FMT_BGR0)});
  CHECK_FALSE(media::audio_reader::open(silent).has_value());
}

TEST_CASE("a file that cannot be opened is an error with its name and the reason") {
  CHECK_THROWS_WITH_AS(media::video_reader{test::scratch("missing.mp4")},
                       doctest::Contains("missing.mp4: cannot open: No such file or directory"), error);
  const std::string text = test::write_bytes(test::scratch("text.mp4"), test::bytes(5000, 'x'));
  CHECK_THROWS_WITH_AS(media::video_reader{text},
                       doctest::Contains("text.mp4: cannot open: FFmpeg finds it damaged, or of no kind"),
                       error);
  // FFmpeg would paint it as a terminal does.
  test::bytes list;
  for (int i = 0; i < 100; ++i)
    for (const char letter : std::string("clips/one.mp4\n")) list.push_back(letter);
  CHECK_THROWS_WITH_AS(media::video_reader{test::write_bytes(test::scratch("list.txt"), list)},
                       doctest::Contains("list.txt: is text, not a video"), error);
  CHECK_THROWS_AS(media::video_reader{test::write_bytes(test::scratch("empty.mp4"), {})}, error);
  CHECK_THROWS_AS(media::video_reader{test::scratch("")}, error);
  CHECK_THROWS_AS(media::audio_reader::open(text), error);
}

TEST_CASE("a name with a colon, a percent sign or a leading dash is a name") {
  const test::bytes content =
      test::read_bytes(test::write_clip("plain.mkv", {.video = coded("ffv1", AV_PIX_FMT_BGR0)}));
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(test::scratch(""));
  for (const char* name :
       {"12:30 clip.mkv", "http:clip.mkv", "100%03d.mkv", "-clip.mkv", "caf\xc3\xa9 'x'.mkv"})
    CHECK(outcome_of(test::write_bytes(name, content)).rows == 2);
  std::filesystem::current_path(before);
}

TEST_CASE("a video without a frame is an error") {
  const std::string path =
      test::write_clip("whole.mkv", {.video = coded("ffv1", AV_PIX_FMT_BGR0), .audio = sound});
  const std::string none =
      test::write_clip("none.mkv", {.video = test::video_track{.times = {}}, .audio = sound});
  media::video_reader video(none);
  CHECK_THROWS_WITH_AS(video.next(),
                       doctest::Contains("none.mkv: no frame of video stream 0 could be decoded"), error);
}

TEST_CASE("frames that cannot be decoded are counted, and the rest is shown at its time") {
  // Lossless frames with checksums; the payload of the 4th of 30 is spoilt.
  const std::string path = test::write_clip("spoilt.mov", {.video = coded("png", AV_PIX_FMT_RGB24)});
  test::bytes file = test::read_bytes(path);
  const std::string header = "IHDR";
  auto at = file.begin();
  for (int i = 0; i < 4; ++i) at = std::search(at + 1, file.end(), header.begin(), header.end());
  REQUIRE(at != file.end());
  std::fill(at, at + 30, '\xff');
  media::video_reader video(test::write_bytes(path, file), {.rate = 25});
  std::vector<int> shown;
  while (auto row = video.next()) shown.push_back(row->picture->pixels[2]);
  CHECK(video.skipped_frames() == 1);
  REQUIRE(shown.size() == 30);
  for (int i = 0; i < 30; ++i) CHECK(shown[std::size_t(i)] == (i == 3 ? 2 : i));
}

TEST_CASE("a truncated file gives the rows that were decoded, or an error") {
  for (const auto& [name, clip] : samples()) {
    CAPTURE(name);
    const test::bytes whole = test::read_bytes(test::write_clip(name, clip));
    const outcome complete = outcome_of(test::write_bytes(test::scratch("cut_" + name), whole));
    CHECK_FALSE(complete.failed);
    CHECK(complete.rows == 2);
    CHECK(complete.frames_lost == 0);
    dim before = 0;
    for (int part = 0; part < 20; ++part) {
      const auto size = std::ptrdiff_t(whole.size()) * part / 20;
      const outcome found = outcome_of(
          test::write_bytes(test::scratch("cut_" + name), test::bytes(whole.begin(), whole.begin() + size)));
      CHECK(found.rows <= 2);
      CHECK(found.rows >= before);
      CHECK(found.failed == (found.rows == 0));
      before = found.rows;
    }
    if (name != "whole.mp4") CHECK(before > 0);  // there the index stands at the end
  }
}

TEST_CASE("a file with wrong bytes gives rows or an error") {
  std::mt19937 random(1);
  for (const auto& [name, clip] : samples()) {
    CAPTURE(name);
    const test::bytes whole = test::read_bytes(test::write_clip(name, clip));
    int readable = 0;
    for (int trial = 0; trial < 40; ++trial) {
      test::bytes broken = whole;
      // A few bytes anywhere, or many close together near an end, where containers keep their tables.
      const std::size_t reach = std::min<std::size_t>(whole.size(), trial % 2 ? whole.size() : 2000);
      const std::size_t offset = trial % 4 == 0 ? whole.size() - reach : 0;
      for (int i = 0; i < 1 + trial % 10; ++i) broken[offset + random() % reach] = char(random());
      const outcome found = outcome_of(test::write_bytes(test::scratch("broken_" + name), broken));
      readable += !found.failed;
      CHECK(found.failed == (found.rows == 0));
      CHECK(found.rows <= 30 * media::timeline::longest_gap);
    }
    CHECK(readable > 0);
  }
}

TEST_CASE("a container that lies about its duration is not believed") {
  constexpr std::uint32_t lie = 0xffffffff / 2;
  test::bytes mov = test::read_bytes(
      test::write_clip("lie.mov", {.video = coded("mpeg4", AV_PIX_FMT_YUV420P), .audio = sound}));
  patch(mov, "mvhd", 16, big_endian(lie, 4));  // version and flags, two dates, time scale, then the duration
  patch(mov, "mdhd", 16, big_endian(lie, 4));
  patch(mov, "tkhd", 20, big_endian(lie, 4));
  outcome found = outcome_of(test::write_bytes(test::scratch("lie.mov"), mov));
  CHECK(found.rows == 2);
  CHECK(found.samples == 24000);

  test::bytes mkv = test::read_bytes(test::write_clip("lie.mkv", {.video = coded("ffv1", AV_PIX_FMT_BGR0)}));
  const double milliseconds = 143'165'000;  // 39.8 hours
  std::uint64_t bits = 0;
  std::memcpy(&bits, &milliseconds, sizeof bits);
  patch(mkv, "\x44\x89\x88", 0, big_endian(bits, 8));  // Duration, 8 bytes
  CHECK(outcome_of(test::write_bytes(test::scratch("lie.mkv"), mkv)).rows == 2);
}

#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "read_video.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("a frame is the one shown at its second") {
  // 10 frames a second, 3.5 s.
  result all = read_video(test::write_clip("constant.mkv", {.video = track(every(100, 35), 100)}));
  CHECK(all.frames == ints{0, 10, 20, 30});
  CHECK(all.duration == rational::reduced(35, 10));
  CHECK(all.conversions == 4);
}

TEST_CASE("a frame that begins exactly on the second is shown there, one that begins after it is not") {
  CHECK(read_video(test::write_clip("on.mov", {.video = png({0, 999, 1000, 1001, 2001}, 10)})).frames ==
        ints{0, 2, 3});
  CHECK(read_video(test::write_clip("off.mov", {.video = png({0, 999, 1001, 2000}, 10)})).frames ==
        ints{0, 1, 3});
}

TEST_CASE("with a variable frame rate a frame stays until the next one") {
  result all =
      read_video(test::write_clip("variable.mov", {.video = png({0, 40, 2500, 2540, 5100, 5140}, 60)}));
  CHECK(all.frames == ints{0, 1, 1, 3, 3, 3});
  CHECK(all.duration == rational::reduced(52, 10));
  CHECK(all.conversions == 3);  // frames that no row shows are not converted, repeated ones only once
}

TEST_CASE("rows are sampled at the rate asked for, ceil(rate x duration) of them") {
  const std::string path = test::write_clip("rates.mkv", {.video = track(every(100, 21), 100)});  // 2.1 s
  CHECK(read_video(path, {.rate = rational::reduced(1, 2)}).frames == ints{0, 20});
  CHECK(read_video(path, {.rate = 6}).frames == ints{0, 1, 3, 5, 6, 8, 10, 11, 13, 15, 16, 18, 20});
  CHECK(read_video(path, {.rate = 20}).frames.size() == 42);
  CHECK(read_video(path, {.rate = 20}).conversions == 21);
  CHECK(read_video(path, {.rate = 10}).frames == [] {
    ints all;
    for (int i = 0; i < 21; ++i) all.push_back(i);
    return all;
  }());
  for (rational rate : {rational(0), rational(-1), rational(1'000'000'000)})
    CHECK_THROWS_WITH_AS(media::video_reader(path, {.rate = rate}), doctest::Contains("rates.mkv"), error);
}

TEST_CASE("the number of rows is ceil(duration), to the tick") {
  // 30000/1001 frames a second in a time base that holds them exactly: 30 frames last 1.001 s, 29 less than 1
  // s.
  for (auto [frames, rows] : {std::pair{29, 1}, {30, 2}, {59, 2}, {60, 3}}) {
    test::video_track exact = png(every(1001, frames), 1001);
    exact.time_base = {1, 30000};
    result all = read_video(
        test::write_clip("ntsc.mov", {.video = exact, .options = {{"video_track_timescale", "30000"}}}));
    CHECK(all.frames.size() == std::size_t(rows));
    CHECK(all.duration == rational::reduced(1001 * frames, 30000));
  }
  CHECK(read_video(test::write_clip("two.mov", {.video = png(every(500, 4), 500)})).frames.size() == 2);
  CHECK(read_video(test::write_clip("more.mov", {.video = png(every(500, 4), 501)})).frames == ints{0, 2, 3});
}

TEST_CASE("a clip of a tenth of a second, or of one frame, has one row") {
  CHECK(read_video(test::write_clip("short.mkv", {.video = track({0, 33, 66}, 34)})).frames == ints{0});
  CHECK(read_video(test::write_clip("single.mkv", {.video = track({0}, 40)})).frames == ints{0});
}

TEST_CASE("a missing duration is the gap before the frame") {
  result all = read_video(test::write_clip("missing.mkv", {.video = track({0, 400, 1000, 1700}, 0)}));
  CHECK(all.frames == ints{0, 2, 3});
  CHECK(all.duration == rational::reduced(24, 10));
}

TEST_CASE("B-frames are put in order") {
  for (const char* name : {"b.mp4", "b.mkv", "b.ts", "b.mov"}) {
    CAPTURE(name);
    result all =
        read_video(test::write_clip(name, {.video = h264(every(1280, 32))}), {}, painted_grey);  // 10 Hz
    CHECK(all.frames == ints{0, 10, 20, 30});
    CHECK(all.skipped == 0);
    CHECK(all.duration.value() == doctest::Approx(3.2).epsilon(1e-6));
  }
}

TEST_CASE("a file without timestamps is counted by its frames") {
  const std::string path = test::write_clip("raw.h264", {.video = h264(every(512, 50))});  // 25 a second
  CHECK(read_video(path, {}, painted_grey).frames == ints{0, 25});
}

TEST_CASE("the decoder's threads change nothing") {
  const std::string path = test::write_clip("threads.mp4", {.video = h264(every(512, 50))});
  for (int threads : {0, 1, 3})
    CHECK(read_video(path, {.threads = threads}, painted_grey).frames == ints{0, 25});
}

TEST_CASE("time is counted from the container's start") {
  // The whole file begins at 5.04 s: row 0 is its first frame.
  result late = read_video(test::write_clip("offset.mkv", {.video = track(every(100, 25, 5040), 100)}));
  CHECK(late.frames == ints{0, 10, 20});
  CHECK(late.duration == rational::reduced(25, 10));

  // Sound begins at 0, the first frame comes at 1.5 s and is shown until then.
  test::audio_track sound{.runs = {{0, 48000}}};
  result waiting =
      read_video(test::write_clip("late.mkv", {.video = track(every(100, 20, 1500), 100), .audio = sound}));
  CHECK(waiting.frames == ints{0, 0, 5, 15});
  CHECK(waiting.duration == rational::reduced(35, 10));

  // The same in a container that delays the video by an edit list, sound first in the file.
  test::video_track delayed = h264(every(1280, 20, 19200));
  result edited = read_video(
      test::write_clip("late.mp4", {.video = delayed,
                                    .audio = test::audio_track{.codec = "aac", .runs = {{0, 48000}}},
                                    .audio_first = true}),
      {}, painted_grey);
  CHECK(edited.frames == ints{0, 0, 5, 15});
  CHECK(edited.duration == rational::reduced(35, 10));
}

TEST_CASE("a start that microseconds cannot hold is exact") {
  // Starts 1/3 tick of a microsecond off; with a rounded start 30 frames of 1/30 s would be over 1 s and have
  // 2 rows.
  for (std::int64_t first : {1, 2, 4, 5}) {
    test::video_track thirds{
        .codec = "mpeg2video", .format = AV_PIX_FMT_YUV420P, .times = every(1, 30, first)};
    thirds.time_base = {1, 30}, thirds.last_duration = 1, thirds.paint = test::paint_grey;
    result all = read_video(test::write_clip("thirds.ts", {.video = thirds}), {}, painted_grey);
    CHECK(all.frames == ints{0});
    CHECK(all.duration == rational(1));
  }
}

TEST_CASE("frames that an edit list removes are not shown") {
  // Presentation begins at 0; 7 frames of a group of 30 come before and must be decoded, but not shown.
  result all =
      read_video(test::write_clip("edit.mp4", {.video = h264(every(1280, 27, -7 * 1280))}), {}, painted_grey);
  CHECK(all.frames == ints{7, 17});
  CHECK(all.duration == rational(2));
}

TEST_CASE("a clock that jumps by hours adds no rows") {
  std::vector<std::int64_t> times = every(100, 15);
  for (std::int64_t time : every(100, 15, 500'000'000)) times.push_back(time);  // 139 hours later
  result all = read_video(test::write_clip("jump.mkv", {.video = track(times, 100)}));
  CHECK(all.frames == ints{0, 10, 20});
  CHECK(all.duration == rational(3));

  result first =
      read_video(test::write_clip("first.mkv", {.video = track(every(100, 15, 500'000'000), 100),
                                                .audio = test::audio_track{.runs = {{0, 16000}}}}));
  CHECK(first.frames == ints{0, 10});
}

TEST_CASE("a frame that claims to last for days does not") {
  result all = read_video(test::write_clip("lasting.mov", {.video = png(every(100, 15), 100'000'000)}));
  CHECK(all.frames == ints{0, 10});
  CHECK(all.duration == rational::reduced(15, 10));
}

TEST_CASE("a gap of minutes is believed and costs one picture") {
  result all = read_video(test::write_clip("slides.mkv", {.video = track({0, 600'000, 600'100}, 100)}));
  CHECK(all.frames.size() == 601);
  CHECK(all.frames[599] == 0);
  CHECK(all.frames[600] == 1);
  CHECK(all.conversions == 2);
}

TEST_CASE("a reader may be moved and used from another thread") {
  const std::string path = test::write_clip("move.mkv", {.video = track(every(100, 25), 100)});
  media::video_reader first(path);
  CHECK(painted_index(*first.next()->picture) == 0);
  media::video_reader second(std::move(first));
  ints frames;
  std::thread([&] {
    while (auto row = second.next()) frames.push_back(painted_index(*row->picture));
  }).join();
  CHECK(frames == ints{10, 20});
}

TEST_CASE("the duration so far grows and never exceeds the duration") {
  media::video_reader video(test::write_clip("so_far.mkv", {.video = track(every(250, 17), 250)}));
  rational last = 0;
  while (auto row = video.next()) {
    CHECK(video.duration_so_far() >= last);
    last = video.duration_so_far();
    CHECK(last.value() >= row->seconds);
  }
  CHECK(video.duration() == rational::reduced(17, 4));
  CHECK(last < video.duration());
}

TEST_CASE("where a GPU that was asked for cannot decode, the CPU does, and says why") {
  const auto refusal_of = [](const std::string& path, int gpu, ints frames,
                             int (*index)(const media::image&)) {
    CHECK(read_video(path, {.gpu = gpu}, index).frames == frames);
    media::video_reader video(path, {.gpu = gpu});
    video.next();
    return video.gpu_refusal();
  };
  constexpr int nowhere = 99;
  const std::string path = test::write_clip("gpu.mp4", {.video = h264(every(1280, 32))});
  CHECK(refusal_of(path, nowhere, {0, 10, 20, 30}, painted_grey) == "FFmpeg finds no GPU 99 that decodes");
  const std::string drawn = test::write_clip("drawn.mov", {.video = png({0, 999, 1000, 1001, 2001}, 10)});
  CHECK(refusal_of(drawn, 0, {0, 2, 3}, painted_index) == "FFmpeg's decoder png uses no GPU");
  media::video_reader unasked(path);
  unasked.next();
  CHECK(unasked.gpu_refusal().empty());
}

TEST_CASE("the decoder that hands its work to a GPU is not always the one that FFmpeg would choose") {
  const auto name_of = [](AVCodecID id) {
    const AVCodec* codec = media::stream_decoder::gpu_decoder(id);
    return std::string(codec ? codec->name : "none");
  };
  CHECK(name_of(AV_CODEC_ID_H264) == "h264");
  CHECK(name_of(AV_CODEC_ID_HEVC) == "hevc");
  CHECK(name_of(AV_CODEC_ID_AV1) == "av1");
  CHECK(name_of(AV_CODEC_ID_PNG) == "none");
}

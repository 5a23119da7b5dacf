#include <chrono>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <eev/media/video_file.hpp>

#include "encode.hpp"
#include "rewrite.hpp"

using namespace eev;

TEST_CASE("a video file gives its frames and its sound, whichever is asked for first") {
  test::audio_track tone{.codec = "pcm_f32le", .rate = 16000, .runs = {{0, 40000}}};
  const std::string path =
      test::write_clip("both.mkv", {.video = test::video_track{.times = {0, 1000, 2000}}, .audio = tone});
  std::vector<float> sound_first;
  {
    media::video_file video(path);
    CHECK(video.has_sound());
    while (video.next_samples(sound_first)) {
    }
    dim rows = 0;
    while (video.next_frame()) ++rows;
    CHECK(rows == video.duration().ceil());
  }
  media::video_file video(path);
  dim rows = 0;
  while (auto frame = video.next_frame()) {
    CHECK(frame->shape[2] == 3);
    ++rows;
  }
  std::vector<float> sound_last;
  while (video.next_samples(sound_last)) {
  }
  CHECK(rows == 3);
  CHECK(sound_first.size() == 40000);
  CHECK(sound_first == sound_last);
}

TEST_CASE("a picture has one stream to choose") {
  auto grey = test::solid({128, 128, 128, 0});
  const std::string path = test::write_clip(
      "picture.png",
      {.video = test::video_track{.codec = "png", .format = AV_PIX_FMT_RGB24, .times = {0}, .paint = grey}});
  CHECK(media::video_file(path, {.video_stream = 0}).next_frame().has_value());
  CHECK_THROWS_WITH_AS(media::video_file(path, {.video_stream = 5}),
                       doctest::Contains("picture.png: a picture has stream 0 and no other"), error);
  CHECK_THROWS_WITH_AS(media::video_file(path, {.audio_stream = 0}), doctest::Contains("has no sound"),
                       error);
}

TEST_CASE("a video file without sound says so") {
  media::video_file video(test::write_clip("silent.mkv", {.video = test::video_track{.times = {0, 1000}}}));
  std::vector<float> samples;
  CHECK(!video.has_sound());
  CHECK(!video.next_samples(samples));
}

TEST_CASE("packets of sound are counted as damaged once the sound after them is handed out") {
  test::audio_track tone{.codec = "mp2", .rate = 16000, .runs = {{0, 16000 * 30}}};
  int packets = 0, damaged = 0;
  const std::string path = test::rewrite(
      test::write_clip("whole.mkv", {.video = test::video_track{.times = {0, 1000}}, .audio = tone}),
      "damaged.mkv", [&](AVPacket& packet, media::packet_kind) {
        if (packet.stream_index == 1 && ++packets > 100) std::memset(packet.data, 0, 4), ++damaged;
      });
  REQUIRE(damaged > 200);
  media::video_file video(path);
  std::vector<float> samples;
  CHECK(video.next_samples(samples));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));  // the thread that decodes goes on to the end
  CHECK(video.skipped_packets() == 0);
  while (video.next_samples(samples)) {
  }
  CHECK(video.skipped_packets() == damaged);
}

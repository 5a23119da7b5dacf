#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <eev/media/audio_reader.hpp>

#include "encode.hpp"

using namespace eev;

namespace {

std::vector<float> read_samples(const std::string& path) {
  auto audio = media::audio_reader::open(path);
  REQUIRE(audio.has_value());
  std::vector<float> samples;
  while (audio->read(samples)) {
  }
  std::size_t before = samples.size();
  CHECK_FALSE(audio->read(samples));
  CHECK(samples.size() == before);
  CHECK(audio->skipped_packets() == 0);
  return samples;
}

/// The largest distance of samples begin .. end - 1 from `expected`, NaN if one is.
double worst(const std::vector<float>& samples, std::size_t begin, std::size_t end, double expected) {
  REQUIRE(end <= samples.size());
  double most = 0;
  for (std::size_t i = begin; i < end; ++i)
    if (double difference = std::fabs(samples[i] - expected); !(difference <= most)) most = difference;
  return most;
}

test::signal levels(std::vector<double> values) {
  return [values](int channel, double) { return values[std::size_t(channel)]; };
}

test::signal sine(double hertz, double amplitude) {
  return [=](int, double seconds) { return amplitude * std::sin(2 * std::numbers::pi * hertz * seconds); };
}

test::video_track short_video(std::int64_t first) {
  return {.times = test::every(100, 10, first), .last_duration = 100};
}

}  // namespace

TEST_CASE("channels are averaged with equal weights") {
  struct mix {
    std::vector<double> levels;
    double mean;
  };
  for (const mix& each : {mix{{0.5}, 0.5}, mix{{0.5, 0.5}, 0.5}, mix{{1, 0}, 0.5}, mix{{0, 1}, 0.5},
                          mix{{0.5, -0.5}, 0}, mix{{0.6, 0, 0, 0, 0, 0}, 0.1}, mix{{0, 0, 0.6, 0, 0, 0}, 0.1},
                          mix{{0, 0, 0, 0.6, 0, 0}, 0.1}, mix{{0, 0, 0, 0, 0, 0.6}, 0.1}})
    for (int rate : {16000, 48000}) {
      CAPTURE(each.levels.size());
      CAPTURE(rate);
      test::audio_track track{.codec = "pcm_f32le", .rate = rate, .channels = int(each.levels.size())};
      track.runs = {{0, rate}}, track.wave = levels(each.levels);
      std::vector<float> samples = read_samples(test::write_clip("mix.mkv", {.audio = track}));
      CHECK(samples.size() == 16000);
      CHECK(worst(samples, 100, 15900, each.mean) <= 1e-5);
    }
}

TEST_CASE("every sample format is scaled to -1 .. 1") {
  for (const char* codec :
       {"pcm_u8", "pcm_s16le", "pcm_s16le_planar", "pcm_s32le", "pcm_f32le", "pcm_f64le"}) {
    CAPTURE(codec);
    test::audio_track track{
        .codec = codec, .channels = 2, .runs = {{0, 4001}}, .wave = levels({0.75, -0.25})};
    std::vector<float> samples = read_samples(test::write_clip("format.nut", {.audio = track}));
    CHECK(samples.size() == 4001);
    CHECK(worst(samples, 0, 4001, 0.25) == 0);
  }
}

TEST_CASE("resampling keeps length, frequency, phase and amplitude of a sine") {
  for (int rate : {8000, 11025, 16000, 22050, 44100, 48000, 96000})
    for (double hertz : {440.0, 3000.0}) {
      CAPTURE(rate);
      CAPTURE(hertz);
      test::audio_track track{.codec = "pcm_f32le", .rate = rate, .channels = 2, .runs = {{0, 2 * rate}}};
      track.wave = sine(hertz, 0.8);
      std::vector<float> samples = read_samples(test::write_clip("sine.wav", {.audio = track}));
      CHECK(std::abs(dim(samples.size()) - 32000) <= 1);
      double most = 0;
      for (std::size_t i = 200; i < 31800; ++i) {
        double expected = 0.8 * std::sin(2 * std::numbers::pi * hertz * double(i) / 16000);
        if (double difference = std::fabs(samples[i] - expected); !(difference <= most)) most = difference;
      }
      CHECK(most <= 2e-3);
    }
}

TEST_CASE("frequencies that 16 kHz cannot hold are removed") {
  test::audio_track track{
      .codec = "pcm_f32le", .rate = 48000, .runs = {{0, 48000}}, .wave = sine(12000, 0.8)};
  CHECK(worst(read_samples(test::write_clip("alias.wav", {.audio = track})), 200, 15800, 0) <= 1e-2);
}

TEST_CASE("a lossy codec keeps its place in time") {
  // AAC begins with 1024 samples of priming, which the container marks to be skipped.
  test::audio_track track{.codec = "aac", .rate = 44100, .channels = 2, .runs = {{0, 88200}}};
  track.wave = [](int, double seconds) {
    return seconds < 1 ? 0.0 : 0.5 * std::sin(2 * std::numbers::pi * 500 * seconds);
  };
  std::vector<float> samples = read_samples(test::write_clip("aac.mp4", {.audio = track}));
  CHECK(std::abs(dim(samples.size()) - 32000) <= 400);
  CHECK(worst(samples, 0, 15800, 0) <= 0.02);
  for (std::size_t i = 16200; i < 31000; ++i)
    REQUIRE(std::fabs(samples[i] - 0.5 * std::sin(2 * std::numbers::pi * 500 * double(i) / 16000)) <= 0.05);
}

TEST_CASE("sound that begins after the video is preceded by silence") {
  for (int rate : {16000, 48000}) {
    test::audio_track track{.codec = "pcm_f32le", .rate = rate, .runs = {{rate * 3 / 2, rate}}};
    std::vector<float> samples =
        read_samples(test::write_clip("later.mkv", {.video = short_video(0), .audio = track}));
    CHECK(samples.size() == 40000);
    CHECK(worst(samples, 0, 23900, 0) <= 1e-4);
    CHECK(worst(samples, 24100, 39900, 0.5) <= 1e-4);
  }
}

TEST_CASE("sound that begins before the video is kept, for time begins with it") {
  test::audio_track track{.codec = "pcm_f32le", .runs = {{0, 16000}}};
  std::vector<float> samples =
      read_samples(test::write_clip("earlier.mkv", {.video = short_video(700), .audio = track}));
  CHECK(samples.size() == 16000);
  CHECK(worst(samples, 0, 16000, 0.5) == 0);
}

TEST_CASE("a gap in the timestamps becomes silence") {
  test::audio_track track{.codec = "pcm_f32le", .runs = {{0, 16000}, {40000, 8000}}};
  std::vector<float> samples = read_samples(test::write_clip("gap.mkv", {.audio = track}));
  CHECK(samples.size() == 48000);
  CHECK(worst(samples, 0, 16000, 0.5) == 0);
  CHECK(worst(samples, 16000, 40000, 0) == 0);
  CHECK(worst(samples, 40000, 48000, 0.5) == 0);
}

TEST_CASE("an overlap is cut, jitter of less than a tenth of a second is not") {
  // Muxers refuse timestamps that go back; two transport streams joined byte by byte have them.
  struct join {
    std::int64_t second, total;  // where the second stream begins; in samples
  };
  constexpr std::int64_t frame = 1152;
  for (join each : {join{14 * frame, 21 * frame}, {10 * frame, 17 * frame}, {13 * frame, 21 * frame}}) {
    CAPTURE(each.second);
    test::audio_track track{.codec = "mp2", .runs = {{0, 14 * frame}}};
    test::bytes joined = test::read_bytes(test::write_clip("first.ts", {.audio = track}));
    track.runs = {{each.second, 7 * frame}};
    for (char byte : test::read_bytes(test::write_clip("second.ts", {.audio = track})))
      joined.push_back(byte);
    std::vector<float> samples = read_samples(test::write_bytes(test::scratch("joined.ts"), joined));
    CHECK(std::abs(dim(samples.size()) - each.total) <= frame / 10);
  }
}

TEST_CASE("a gap of less than a tenth of a second is jitter") {
  test::audio_track track{.codec = "pcm_f32le", .runs = {{0, 16000}, {17500, 8000}}};
  std::vector<float> samples = read_samples(test::write_clip("jitter.mkv", {.audio = track}));
  CHECK(samples.size() == 24000);
  CHECK(worst(samples, 0, 24000, 0.5) == 0);
}

TEST_CASE("a clock that jumps by hours adds no silence") {
  test::audio_track track{.codec = "pcm_f32le", .runs = {{0, 16000}, {std::int64_t(16000) * 500'000, 8000}}};
  CHECK(read_samples(test::write_clip("jump.mkv", {.audio = track})).size() == 24000);
}

TEST_CASE("a long gap is read in small blocks") {
  test::audio_track track{
      .codec = "pcm_f32le", .rate = 48000, .runs = {{0, 48000}, {std::int64_t(48000) * 600, 4800}}};
  auto audio = media::audio_reader::open(test::write_clip("long_gap.mkv", {.audio = track}));
  std::vector<float> block;
  std::size_t total = 0, longest = 0;
  for (; audio->read(block); block.clear()) total += block.size(), longest = std::max(longest, block.size());
  CHECK(std::abs(dim(total) - (600 * 16000 + 1600)) <= 1);
  CHECK(longest <= 65536);
}

TEST_CASE("numbers that are no numbers are silence") {
  test::audio_track track{.codec = "pcm_f32le", .rate = 48000, .runs = {{0, 48000}}};
  track.wave = [](int, double seconds) { return seconds < 0.5 ? std::nan("") : INFINITY; };
  CHECK(worst(read_samples(test::write_clip("nan.wav", {.audio = track})), 0, 16000, 0) == 0);
}

TEST_CASE("a rate from a broken header is counted, not resampled") {
  test::audio_track track{.runs = {{0, 16000}}};
  test::bytes file = test::read_bytes(test::write_clip("rate.wav", {.audio = track}));
  for (unsigned rate : {1u, 2'000'000'000u}) {
    for (int i = 0; i < 4; ++i) file[std::size_t(24 + i)] = char(rate >> (8 * i));
    auto audio = media::audio_reader::open(test::write_bytes(test::scratch("rate.wav"), file));
    REQUIRE(audio.has_value());
    std::vector<float> samples;
    CHECK_FALSE(audio->read(samples));
    CHECK(samples.empty());
    CHECK(audio->skipped_packets() > 0);
  }
}

TEST_CASE("an audio reader may be moved and used from another thread") {
  test::audio_track track{.codec = "pcm_f32le", .rate = 48000, .runs = {{0, 48000}}};
  auto first = media::audio_reader::open(test::write_clip("move.wav", {.audio = track}));
  std::vector<float> samples;
  CHECK(first->read(samples));
  media::audio_reader second(std::move(*first));
  std::thread([&] {
    while (second.read(samples)) {
    }
  }).join();
  CHECK(samples.size() == 16000);
}

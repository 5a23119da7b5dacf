#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "read_video.hpp"

using namespace eev;
using test::every, test::h264;

namespace {

/// How many packets of a video are needed at one row a second.
std::size_t needed_of(const std::string& path) {
  auto video = media::stream_decoder::open(path, AVMEDIA_TYPE_VIDEO, {}, 1);
  media::packet_classifier kind_of(*video->stream().codecpar);
  media::needed_packets chooser(1);
  std::deque<media::packet_handle> all;
  const auto choose = [&](media::packet_handle packet, std::deque<media::packet_handle>&) {
    if (!packet) return chooser.finish(all);
    const auto kind = kind_of(*packet);
    const auto begin = video->timestamp(*packet).value() - *video->start();
    chooser.add(std::move(packet), kind, begin, all);
  };
  const auto frame = media::make_frame();
  while (video->next(*frame, choose)) {
  }
  return all.size();
}

}  // namespace

TEST_CASE("pictures that no row shows may stay undecoded, and rows are the same to the bit") {
  const std::string groups = "keyint=40:scenecut=0",
                    pyramid = groups + ":bframes=5:b-pyramid=1:b-adapt=0:log-level=none";
  struct {
    std::string file, codec;
    std::map<std::string, std::string> options;
    bool constant;            // a frame rate
    std::size_t most_needed;  // of 110 packets, at 1 Hz
  } const videos[] = {
      {"pyramid.mp4", "libx264", {{"x264-params", pyramid}}, true, 45},
      {"pyramid.mp4", "libx264", {{"x264-params", pyramid}}, false, 45},
      {"pyramid.ts", "libx264", {{"x264-params", pyramid}}, true, 50},
      {"open.mp4", "libx264", {{"x264-params", pyramid + ":open-gop=1"}}, true, 50},
      {"pyramid.mp4", "libx265", {{"x265-params", pyramid + ":no-open-gop=1"}}, true, 45},
      {"open.mp4", "libx265", {{"x265-params", pyramid}}, true, 50},
      {"layers.mkv", "libx265", {{"x265-params", pyramid + ":temporal-layers=1"}}, false, 55},
      {"key.webm", "libvpx", {{"g", "40"}, {"deadline", "realtime"}, {"cpu-used", "8"}}, true, 92},
      {"key.webm",
       "libvpx-vp9",
       {{"g", "40"}, {"deadline", "realtime"}, {"cpu-used", "8"}, {"lag-in-frames", "16"}},
       true,
       92},
      {"key.mp4", "libaom-av1", {{"g", "40"}, {"cpu-used", "8"}, {"lag-in-frames", "16"}}, true, 92},
  };
  for (const auto& [file, codec, options, constant, most_needed] : videos) {
    CAPTURE(codec);
    CAPTURE(file);
    test::video_track made = h264(every(512, 110));
    made.codec = codec;
    made.width = made.height = 64;  // x265 writes past its memory where pictures are as small as elsewhere
    for (std::size_t i = 0; !constant && i < made.times.size(); ++i)
      made.times[i] += std::int64_t(i * i * 37 % 500);
    made.options = options;
    made.paint = [](AVFrame& frame, int index) {
      for (int y = 0; y < frame.height; ++y)
        for (int x = 0; x < frame.width; ++x)
          frame.data[0][y * frame.linesize[0] + x] =
              std::uint8_t(16 + (x * x + 3 * y * index + 5 * index) % 200);
    };
    const std::string path = test::write_clip(file, {.video = made});

    // Everything decoded, as the specification reads.
    auto all = media::stream_decoder::open(path, AVMEDIA_TYPE_VIDEO, {}, 1);
    media::frame_handle frame = media::make_frame();
    media::rgb_converter converter(path);
    std::vector<media::image> pictures;
    std::vector<rational> begins;
    rational last_duration;
    while (all->next(*frame)) {
      begins.push_back(*all->timestamp(*frame) - *all->start());
      last_duration = all->duration(*frame);
      pictures.push_back(converter.convert(*frame, {}));
    }
    REQUIRE(pictures.size() == 110);
    if (last_duration == 0) last_duration = begins.back() - begins[begins.size() - 2];

    CHECK(needed_of(path) <= most_needed);

    for (rational rate : {rational(1), rational::reduced(5, 2), rational(25)})
      for (int threads : {1, 3}) {
        CAPTURE(rate.value());
        media::video_reader video(path, {.rate = rate, .threads = threads});
        while (auto row = video.next()) {
          std::size_t expected = 0;
          for (std::size_t i = 0; i < begins.size(); ++i)
            if (begins[i] * rate <= rational(row->row)) expected = i;
          REQUIRE(row->picture->pixels == pictures[expected].pixels);
        }
        CHECK(video.skipped_frames() == 0);
        CHECK(video.duration() == begins.back() + last_duration);
      }
  }
}

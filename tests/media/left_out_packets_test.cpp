#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "pcm_h264.hpp"
#include "read_video.hpp"
#include "rewrite.hpp"
#include "whole_decoding.hpp"

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

    const test::whole_decoding whole(path);
    REQUIRE(whole.pictures.size() == 110);
    CHECK(needed_of(path) <= most_needed);
    check_rows(path, whole);
  }
}

TEST_CASE("frames among single fields stay undecoded, and the fields do not") {
  using enum test::field;
  std::vector<test::coded_picture> pictures{{0, true}};
  for (int n = 1; n < 101; n += 4) {
    pictures.push_back({n + 3, true});
    const bool in_fields = n > 16;  // at first, only their headers allow for them
    for (int shown = n; shown < n + 3; ++shown)
      for (const test::field half : in_fields ? std::vector{top, bottom} : std::vector{none})
        pictures.push_back({shown, false, half});
  }
  for (const char* name : {"fields.ts", "fields.mkv"}) {
    CAPTURE(name);
    const std::string path = test::write_pcm_h264(name, pictures, 1);
    const test::whole_decoding whole(path);
    REQUIRE(whole.pictures.size() == 101);
    check_rows(path, whole);
    CHECK(needed_of(path) < pictures.size());
  }
}

TEST_CASE("no picture is lost where H.264 does not tell by how much they are out of order") {
  std::vector<test::coded_picture> pictures;
  for (int n = 0; n < 60; ++n) pictures.push_back({n, true});
  for (int n = 60; n < 140; n += 8) {
    for (int shown : {7, 3, 1}) pictures.push_back({n + shown, true});
    for (int shown : {0, 2}) pictures.push_back({n + shown, false});
    pictures.push_back({n + 5, true});
    for (int shown : {4, 6}) pictures.push_back({n + shown, false});
  }
  for (const char* name : {"late.mkv", "late.flv", "late.ts"}) {
    CAPTURE(name);
    const std::string path = test::write_pcm_h264(name, pictures, {});
    const test::whole_decoding whole(path);
    CHECK(whole.pictures.size() == pictures.size());
    check_rows(path, whole);
    CHECK(needed_of(path) < pictures.size());
  }
}

TEST_CASE("a time that occurs twice moves no other picture") {
  for (const char* codec : {"libx264", "libx265"}) {
    CAPTURE(codec);
    test::video_track made = h264(every(512, 110));
    made.codec = codec;
    made.width = made.height = 64;
    made.options =
        codec == std::string("libx264")
            ? std::map<std::string, std::string>{{"x264-params", "bframes=3:b-adapt=0"}}
            : std::map<std::string, std::string>{{"x265-params", "bframes=3:b-adapt=0:log-level=none"}};
    int disposables = 0;
    const std::string path =
        test::rewrite(test::write_clip("times.mp4", {.video = made}), "twice.mp4",
                      [&](AVPacket& packet, media::packet_kind kind) {
                        if (kind == media::packet_kind::disposable && ++disposables == 10)
                          packet.pts += packet.duration;
                      });
    REQUIRE(disposables >= 10);
    check_rows(path, test::whole_decoding(path));
  }
}

TEST_CASE("how pictures are turned is told in no packet that is left out") {
  test::video_track made = h264(every(512, 110));
  made.codec = "libx265";
  made.width = 96, made.height = 64;
  made.options = {{"x265-params", "bframes=3:b-adapt=0:log-level=none:keyint=200"}};
  // Supplemental information (39): display orientation (47), by a quarter of a turn, until it is told anew.
  const std::vector<std::uint8_t> turned{0, 0, 0, 8, 39 << 1, 1, 47, 3, 0x08, 0x00, 0x10, 0x80};
  int disposables = 0;
  const std::string path = test::rewrite(test::write_clip("level.mp4", {.video = made}), "turned.mp4",
                                         [&](AVPacket& packet, media::packet_kind kind) {
                                           if (kind == media::packet_kind::disposable && ++disposables == 30)
                                             test::put_before(packet, turned);
                                         });
  REQUIRE(disposables > 30);
  media::video_reader video(path);
  std::vector<dim> widths;
  while (const auto row = video.next()) widths.push_back(row->picture->width);
  CHECK(widths == std::vector<dim>{96, 96, 96, 64, 64});
}

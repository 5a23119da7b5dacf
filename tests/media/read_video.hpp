// In:  a clip.  Out: which frames a video reader shows.  Rests on: tests/media/encode.hpp.
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <eev/media/video_reader.hpp>

#include "encode.hpp"

namespace eev::test {

struct result {
  std::vector<int> frames;  // the frame that each row shows
  rational duration;
  dim skipped = 0;
  dim conversions = 0;  // pictures that are not shared with the row before
};

/// The index that paint_index wrote.
inline int painted_index(const media::image& picture) { return picture.pixels[2] + 256 * picture.pixels[1]; }

/// The index that paint_grey wrote: Y = 16 + 4 i, so RGB = 4 i 255 / 219.
inline int painted_grey(const media::image& picture) {
  const std::size_t middle = picture.pixels.size() / 6 * 3;
  return int(std::lround(picture.pixels[middle] * 219.0 / 255 / 4));
}

inline result read_video(const std::string& path, media::video_options options = {},
                         int (*index)(const media::image&) = painted_index) {
  media::video_reader video(path, options);
  result all;
  std::shared_ptr<const media::image> before;
  while (auto row = video.next()) {
    CHECK(row->row == dim(all.frames.size()));
    CHECK(row->seconds == doctest::Approx(double(row->row) / options.rate.value()));
    CHECK(video.duration_so_far().value() >= 0);
    all.frames.push_back(index(*row->picture));
    all.conversions += row->picture != before;
    before = row->picture;
  }
  CHECK_FALSE(video.next());
  all.duration = video.duration();
  all.skipped = video.skipped_frames();
  CHECK(video.duration_so_far() <= all.duration);
  return all;
}

inline video_track track(std::vector<std::int64_t> times, std::int64_t last_duration) {
  return {.times = std::move(times), .last_duration = last_duration};
}

/// The same for containers of the MP4 family, which hold the duration of every frame; Matroska holds none.
inline video_track png(std::vector<std::int64_t> times, std::int64_t last_duration) {
  return {
      .codec = "png", .format = AV_PIX_FMT_RGB24, .times = std::move(times), .last_duration = last_duration};
}

/// Lossy, with B-frames, timestamps in 1/12800 s.
inline video_track h264(std::vector<std::int64_t> times) {
  video_track made{.codec = "libx264", .format = AV_PIX_FMT_YUV420P, .width = 48, .height = 32};
  made.times = std::move(times), made.time_base = {1, 12800}, made.last_duration = 1280;
  made.paint = paint_grey;
  made.options = {
      {"preset", "veryfast"}, {"bf", "2"}, {"b-adapt", "0"}, {"x264-params", "scenecut=0:keyint=30"}};
  return made;
}

using ints = std::vector<int>;

}  // namespace eev::test

// In:  a file of a video.  Out: whether its rows are those of a decoder that is given every packet.  Rests
// on: tests/media/encode.hpp, media/video_reader.
#pragma once

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <eev/media/video_reader.hpp>

#include "encode.hpp"

namespace eev::test {

/// Every frame of a video, as the specification reads.
struct whole_decoding {
  std::vector<media::image> pictures;
  std::vector<rational> begins;
  rational duration;

  explicit whole_decoding(const std::string& path) {
    auto all = media::stream_decoder::open(path, AVMEDIA_TYPE_VIDEO, {}, 1);
    const media::frame_handle frame = media::make_frame();
    media::rgb_converter converter(path);
    rational last_duration;
    while (all->next(*frame)) {
      begins.push_back(*all->timestamp(*frame) - *all->start());
      last_duration = all->duration(*frame);
      pictures.push_back(converter.convert(*frame, {}));
    }
    REQUIRE(all->skipped() == 0);
    if (last_duration == 0) last_duration = begins.back() - begins[begins.size() - 2];
    duration = begins.back() + last_duration;
  }

  const media::image& at(rational time) const {
    std::size_t shown = 0;
    for (std::size_t i = 0; i < begins.size(); ++i)
      if (begins[i] <= time) shown = i;
    return pictures[shown];
  }
};

/// Rows at several rates, by one thread of the decoder and by three, are the same to the bit.
inline void check_rows(const std::string& path, const whole_decoding& whole) {
  for (rational rate : {rational(1), rational::reduced(5, 2), rational(25)})
    for (int threads : {1, 3}) {
      CAPTURE(rate.value());
      CAPTURE(threads);
      media::video_reader video(path, {.rate = rate, .threads = threads});
      while (auto row = video.next()) {
        CAPTURE(row->row);
        REQUIRE(row->picture->pixels == whole.at(rational(row->row) / rate).pixels);
      }
      CHECK(video.skipped_frames() == 0);
      CHECK(video.duration() == whole.duration);
    }
}

}  // namespace eev::test

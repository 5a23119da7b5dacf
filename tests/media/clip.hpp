// In:  nothing.  Out: the description of a clip, frame by frame and sample by sample, and painters for its
// frames. Rests on: FFmpeg's types.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

extern "C" {
#include <libavutil/frame.h>
}

#include <eev/media/ffmpeg.hpp>

namespace eev::test {

using painter = std::function<void(AVFrame&, int index)>;

/// Fills a packed or planar 8-bit frame: one value per component of AVFrame::data, in the order of its bytes.
inline painter solid(std::array<int, 4> values) {
  return [values](AVFrame& frame, int) {
    const bool packed = frame.format == AV_PIX_FMT_BGR0 || frame.format == AV_PIX_FMT_RGB24;
    const int step = frame.format == AV_PIX_FMT_BGR0 ? 4 : 3;
    for (int plane = 0; plane < 4 && frame.data[plane]; ++plane) {
      const bool chroma = !packed && plane > 0 && frame.format != AV_PIX_FMT_YUV444P;
      const int rows = chroma ? (frame.height + 1) / 2 : frame.height;
      for (int y = 0; y < rows; ++y) {
        std::uint8_t* row = frame.data[plane] + y * frame.linesize[plane];
        if (!packed) std::memset(row, values[std::size_t(plane)], std::size_t(frame.linesize[plane]));
        for (int x = 0; packed && x < frame.width; ++x)
          for (int byte = 0; byte < step; ++byte)
            row[x * step + byte] = std::uint8_t(values[std::size_t(byte)]);
      }
    }
  };
}

/// Frame i as the colour (77, i / 256, i % 256), for lossless RGB (BGR0, RGB24).
inline void paint_index(AVFrame& frame, int index) {
  const int low = index % 256, high = index / 256;
  solid(frame.format == AV_PIX_FMT_BGR0 ? std::array{low, high, 77, 0} : std::array{77, high, low, 0})(frame,
                                                                                                       index);
}

/// Frame i as the grey Y = 16 + 4 i, for lossy YUV; up to 55 frames.
inline void paint_grey(AVFrame& frame, int index) { solid({16 + 4 * index, 128, 128, 0})(frame, index); }

struct video_track {
  std::string codec = "ffv1";
  AVPixelFormat format = AV_PIX_FMT_BGR0;
  int width = 32, height = 24;
  std::vector<std::int64_t> times = {};  // when each frame is shown, in time_base
  AVRational time_base{1, 1000};
  std::int64_t last_duration = 0;  // in time_base; 0: not written
  painter paint = paint_index;
  AVColorSpace matrix = AVCOL_SPC_UNSPECIFIED;
  AVColorRange range = AVCOL_RANGE_UNSPECIFIED;
  std::optional<std::array<std::int32_t, 9>> display_matrix = {};
  std::map<std::string, std::string> options = {};  // of the encoder
};

/// Channel c at `seconds` of the signal's own time.
using signal = std::function<double(int channel, double seconds)>;

struct audio_track {
  struct run {
    std::int64_t begin, count;  // in samples
  };
  std::string codec = "pcm_s16le";
  int rate = 16000, channels = 1;
  std::vector<run> runs = {};  // stretches of sound; between them the timestamps jump
  signal wave = [](int, double) { return 0.5; };
};

struct clip {
  std::optional<video_track> video = {};
  std::optional<audio_track> audio = {};
  bool audio_first = false, cover = false;
  std::map<std::string, std::string> options = {};  // of the muxer
};

/// n times, `step` apart.
inline std::vector<std::int64_t> every(std::int64_t step, int n, std::int64_t first = 0) {
  std::vector<std::int64_t> times;
  for (int i = 0; i < n; ++i) times.push_back(first + i * step);
  return times;
}

}  // namespace eev::test

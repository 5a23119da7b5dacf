// In:  a decoded frame, any pixel format, in the memory of the host or a GPU.  Out: an image [H, W, 3],
// upright.  Rests on: media/ffmpeg, media/image.
#pragma once

extern "C" {
#include <libavutil/hwcontext.h>
#include <libavutil/pixdesc.h>
}

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <eev/media/ffmpeg.hpp>
#include <eev/media/image.hpp>

namespace eev::media {

/// One of the eight ways to lay a picture down: mirrored along its own axes, then transposed.
struct orientation {
  bool mirror_x = false, mirror_y = false, transpose = false;

  /// The nearest to a display matrix (16.16 fixed point, rows (a b u) (c d v) (x y w)), which takes the pixel
  /// (x, y) to (a x + c y, b x + d y), y downwards. Exact for turns by 90 degrees and mirrors; an angle
  /// between is rounded.
  static orientation from_matrix(const std::int32_t* matrix) {
    std::int64_t a = matrix[0], b = matrix[1], c = matrix[3], d = matrix[4];
    if (std::llabs(a) + std::llabs(d) >= std::llabs(b) + std::llabs(c)) return {a < 0, d < 0, false};
    return {b < 0, c < 0, true};
  }
};

/// Converts with libswscale. Keeps its tables between frames of the same size and format.
class rgb_converter {
 public:
  /// path: of the file that the frames come from, for messages.
  explicit rgb_converter(std::string path) : path_(std::move(path)) {}

  image convert(const AVFrame& frame, orientation turn) {
    if (frame.hw_frames_ctx) return convert(*from_gpu(frame), turn);
    const int height = frame.height, width = frame.width;
    const auto format = AVPixelFormat(frame.format);
    sws_.reset(sws_getCachedContext(sws_.release(), width, height, format, width, height, AV_PIX_FMT_RGB24,
                                    SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT, nullptr, nullptr,
                                    nullptr));
    const char* name = av_get_pix_fmt_name(format);
    require(sws_ != nullptr, path_, ": cannot convert ", width, "x", height, " frames of pixel format ",
            name ? name : "unknown", " to RGB");
    // Refused for sources that are RGB already, which need no matrix.
    sws_setColorspaceDetails(sws_.get(), sws_getCoefficients(matrix_of(frame)), is_full_range(frame),
                             sws_getCoefficients(SWS_CS_DEFAULT), 1, 0, 1 << 16, 1 << 16);

    // Rows of a multiple of 64 bytes: libswscale may write past the last pixel of a row.
    const int stride = (3 * width + 63) / 64 * 64;
    rows_.resize(std::size_t(stride) * std::size_t(height) + 64);
    std::uint8_t* planes[4] = {rows_.data()};
    const int strides[4] = {stride};
    require(sws_scale(sws_.get(), frame.data, frame.linesize, 0, height, planes, strides) == height, path_,
            ": libswscale could not convert a ", width, "x", height, " frame of pixel format ", name,
            " to RGB");
    return upright(height, width, stride, turn);
  }

 private:
  frame_handle from_gpu(const AVFrame& frame) const {
    auto here = make_frame();
    check(av_hwframe_transfer_data(here.get(), &frame, 0), path_, "cannot copy a frame from the GPU");
    check(av_frame_copy_props(here.get(), &frame), path_, "cannot copy a frame's properties");
    return here;
  }

  /// The matrix the stream names; else, as players do, BT.709 from 720 lines on and BT.601 below.
  static int matrix_of(const AVFrame& frame) {
    if (frame.colorspace != AVCOL_SPC_UNSPECIFIED && frame.colorspace != AVCOL_SPC_RESERVED)
      return frame.colorspace;  // libswscale's numbers are libavutil's
    return frame.height >= 720 ? SWS_CS_ITU709 : SWS_CS_ITU601;
  }

  /// What the stream says; unsaid, the yuvj formats and grey are full range and YUV is limited.
  static bool is_full_range(const AVFrame& frame) {
    switch (frame.format) {
      case AV_PIX_FMT_YUVJ411P:
      case AV_PIX_FMT_YUVJ420P:
      case AV_PIX_FMT_YUVJ422P:
      case AV_PIX_FMT_YUVJ440P:
      case AV_PIX_FMT_YUVJ444P:
        return true;
      default:
        break;
    }
    if (frame.color_range != AVCOL_RANGE_UNSPECIFIED) return frame.color_range == AVCOL_RANGE_JPEG;
    const AVPixFmtDescriptor* format = av_pix_fmt_desc_get(AVPixelFormat(frame.format));
    return format && format->nb_components <= 2;
  }

  image upright(int height, int width, int stride, orientation turn) const {
    image result{turn.transpose ? width : height, turn.transpose ? height : width, {}};
    result.pixels.resize(std::size_t(3) * std::size_t(height) * std::size_t(width));
    const dim step_x = turn.transpose ? result.width : 1, step_y = turn.transpose ? 1 : result.width;
    for (int y = 0; y < height; ++y) {
      const std::uint8_t* from = rows_.data() + std::size_t(stride) * std::size_t(y);
      std::uint8_t* row = result.pixels.data() + 3 * step_y * (turn.mirror_y ? height - 1 - y : y);
      for (int x = 0; x < width; ++x, from += 3) {
        std::uint8_t* to = row + 3 * step_x * (turn.mirror_x ? width - 1 - x : x);
        to[0] = from[0], to[1] = from[1], to[2] = from[2];
      }
    }
    return result;
  }

  std::string path_;
  sws_handle sws_;
  std::vector<std::uint8_t> rows_;
};

}  // namespace eev::media

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
#include <eev/media/orientation.hpp>

namespace eev::media {

/// Converts with libswscale. Keeps its tables between frames of the same size and format.
class rgb_converter {
 public:
  /// path: of the file that the frames come from, for messages.
  explicit rgb_converter(std::string path) : path_(std::move(path)) {}

  image convert(const AVFrame& frame, orientation turn) {
    if (frame.hw_frames_ctx) return convert(*from_gpu(frame), turn);
    const int height = frame.height, width = frame.width;
    const auto format = AVPixelFormat(frame.format);
    // libswscale makes the same bytes of luma and chroma either way, and planes several times as fast.
    const bool planar = has_chroma(format);
    sws_.reset(sws_getCachedContext(
        sws_.release(), width, height, format, width, height, planar ? AV_PIX_FMT_GBRP : AV_PIX_FMT_RGB24,
        SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT, nullptr, nullptr, nullptr));
    const char* name = av_get_pix_fmt_name(format);
    require(sws_ != nullptr, path_, ": cannot convert ", width, "x", height, " frames of pixel format ",
            name ? name : "unknown", " to RGB");
    // Refused for sources that are RGB already, which need no matrix.
    sws_setColorspaceDetails(sws_.get(), sws_getCoefficients(matrix_of(frame)), is_full_range(frame),
                             sws_getCoefficients(SWS_CS_DEFAULT), 1, 0, 1 << 16, 1 << 16);

    // Rows of a multiple of 64 bytes: libswscale may write past the last pixel of a row.
    const int stride = ((planar ? width : 3 * width) + 63) / 64 * 64;
    const std::size_t plane = std::size_t(stride) * std::size_t(height);
    converted_.resize((planar ? 3 : 1) * plane + 64);
    std::uint8_t* const first = converted_.data();
    std::uint8_t* planes[4] = {first};
    if (planar) planes[1] = first + plane, planes[2] = first + 2 * plane;
    const int strides[4] = {stride, stride, stride};
    require(sws_scale(sws_.get(), frame.data, frame.linesize, 0, height, planes, strides) == height, path_,
            ": libswscale could not convert a ", width, "x", height, " frame of pixel format ", name,
            " to RGB");
    if (planar) return upright<1>({planes[2], planes[0], planes[1]}, height, width, stride, turn);
    return upright<3>({first, first + 1, first + 2}, height, width, stride, turn);
  }

 private:
  frame_handle from_gpu(const AVFrame& frame) const {
    auto here = make_frame();
    check(av_hwframe_transfer_data(here.get(), &frame, 0), path_, "cannot copy a frame from the GPU");
    check(av_frame_copy_props(here.get(), &frame), path_, "cannot copy a frame's properties");
    return here;
  }

  /// The matrix the stream names; else, as players do, BT.709 for what is larger than the television of
  /// BT.601.
  static int matrix_of(const AVFrame& frame) {
    if (frame.colorspace != AVCOL_SPC_UNSPECIFIED && frame.colorspace != AVCOL_SPC_RESERVED)
      return frame.colorspace;  // libswscale's numbers are libavutil's
    return frame.width >= 1280 || frame.height > 576 ? SWS_CS_ITU709 : SWS_CS_ITU601;
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

  static bool has_chroma(AVPixelFormat format) {
    const AVPixFmtDescriptor* is = av_pix_fmt_desc_get(format);
    return is && is->nb_components >= 3 && !(is->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL));
  }

  std::string path_;
  sws_handle sws_;
  std::vector<std::uint8_t> converted_;
};

}  // namespace eev::media

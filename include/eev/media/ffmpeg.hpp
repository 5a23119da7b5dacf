// In:  pointers and error codes of FFmpeg's C API.  Out: handles that free themselves, eev::error.
// Rests on: FFmpeg 5.1 or newer (libavformat, libavcodec, libavutil, libswscale, libswresample), core/error.
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/log.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>
}

#include <memory>
#include <new>
#include <string>

#include <eev/core/error.hpp>

namespace eev::media {

namespace detail {

/// Deleter for the libav functions that take the address of a pointer.
template <auto Free>
struct free_through_address {
  template <class T>
  void operator()(T* object) const {
    Free(&object);
  }
};

struct free_sws {
  void operator()(SwsContext* context) const { sws_freeContext(context); }
};

}  // namespace detail

using format_handle = std::unique_ptr<AVFormatContext, detail::free_through_address<avformat_close_input>>;
using codec_handle = std::unique_ptr<AVCodecContext, detail::free_through_address<avcodec_free_context>>;
using buffer_handle = std::unique_ptr<AVBufferRef, detail::free_through_address<av_buffer_unref>>;
using packet_handle = std::unique_ptr<AVPacket, detail::free_through_address<av_packet_free>>;
using frame_handle = std::unique_ptr<AVFrame, detail::free_through_address<av_frame_free>>;
using swr_handle = std::unique_ptr<SwrContext, detail::free_through_address<swr_free>>;
using sws_handle = std::unique_ptr<SwsContext, detail::free_sws>;

/// `object`, unless libav had no memory for it.
template <class T>
T* allocated(T* object) {
  if (!object) throw std::bad_alloc();
  return object;
}

inline frame_handle make_frame() { return frame_handle(allocated(av_frame_alloc())); }
inline packet_handle make_packet() { return packet_handle(allocated(av_packet_alloc())); }

/// `code` unless it is an error; then "clip.mp4: cannot open: No such file or directory".
inline int check(int code, const std::string& path, const std::string& what) {
  if (code >= 0) return code;
  char reason[AV_ERROR_MAX_STRING_SIZE] = "FFmpeg finds it damaged, or of no kind that it knows";
  if (code != AVERROR_INVALIDDATA) av_strerror(code, reason, sizeof reason);
  throw error(message(path, ": ", what, ": ", reason));
}

/// libav writes to stderr about every broken packet, from its own threads. What matters reaches the caller as
/// an error or a count; the rest is silenced, unless the program has chosen a level of its own.
inline void quiet_libav() {
  if (av_log_get_level() == AV_LOG_INFO) av_log_set_level(AV_LOG_QUIET);
}

}  // namespace eev::media

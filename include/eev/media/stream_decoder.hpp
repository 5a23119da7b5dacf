// In:  a file and the kind of stream wanted.  Out: that stream's decoded frames, in order.
// Rests on: media/ffmpeg, core/rational.
//
// Nothing that a file says about itself (duration, number of frames) is believed: only what was decoded
// counts. What cannot be read or decoded is counted and passed over.
#pragma once

extern "C" {
#include <libavutil/hwcontext.h>
}

#include <cstdlib>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <eev/core/rational.hpp>
#include <eev/core/view.hpp>
#include <eev/media/ffmpeg.hpp>
#include <eev/media/image.hpp>

namespace eev::media {

class stream_decoder {
 public:
  /// The stream with this index, or the lowest-numbered one of its type without an index; attached pictures
  /// (cover art) are no video streams. Nothing if there is none; an index that is not one of them is an
  /// error. threads: of the CPU's decoder, 0 lets libavcodec choose. gpu: whose decoder (NVDEC) does it where
  /// it can; its frames stay in its memory.
  static std::optional<stream_decoder> open(const std::string& path, AVMediaType type,
                                            std::optional<int> index, int threads,
                                            std::optional<int> gpu = {}) {
    stream_decoder decoder(path);
    int chosen = decoder.choose(type, index);
    if (chosen < 0) return std::nullopt;
    decoder.open_codec(chosen, threads, gpu);
    return decoder;
  }

  /// Decodes the next frame into `frame`; false at the end.
  bool next(AVFrame& frame) {
    return next(frame, [](packet_handle packet, std::deque<packet_handle>& needed) {
      if (packet) needed.push_back(std::move(packet));
    });
  }

  /// The same of packets that `choose(packet, needed)` appends to `needed`, which takes each one that is
  /// read, and null after the last one.
  template <class Choose>
  bool next(AVFrame& frame, Choose&& choose) {
    for (;;) {
      int code = avcodec_receive_frame(codec_.get(), &frame);
      if (on_trial_ && (code != AVERROR(EAGAIN) || skipped_ > 0)) {
        on_trial_ = false;
        if (code < 0 || !frame.hw_frames_ctx) {
          decode_on_cpu();
          continue;
        }
      }
      if (code >= 0) {
        if (codec_->hw_device_ctx && !frame.hw_frames_ctx && gpu_refusal_.empty()) gpu_refusal_ = not_this();
        return true;
      }
      if (code == AVERROR_EOF) return false;
      if (code == AVERROR(EAGAIN)) {
        send_packet(choose);
      } else {
        ++skipped_;
        if (drained_ && ++failures_ > most_failures) return false;
      }
    }
  }

  /// The container's start time; nothing if the file has no timestamps.
  std::optional<rational> start() const { return start_; }

  /// When the frame is to be shown, on the file's own clock; nothing if the file does not say. (What
  /// libavcodec makes of doubtful timestamps rests on which packets it has been given.)
  std::optional<rational> timestamp(const AVFrame& frame) const {
    return timestamp(frame.pts != AV_NOPTS_VALUE ? frame.pts : frame.best_effort_timestamp);
  }
  std::optional<rational> timestamp(const AVPacket& packet) const { return timestamp(packet.pts); }

  /// How long the frame is shown; 0 if the file does not say.
  rational duration(const AVFrame& frame) const {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)
    return seconds(frame.duration, stream().time_base);
#else
    return seconds(frame.pkt_duration, stream().time_base);
#endif
  }

  /// Packets and frames that could not be read or decoded, so far.
  dim skipped() const { return skipped_; }

  /// Why the CPU decodes in spite of a GPU that was asked for; empty as long as there is no reason.
  const std::string& gpu_refusal() const { return gpu_refusal_; }

  /// FFmpeg's decoder of this kind that hands its work to a GPU; null if there is none. Of AV1 it is not the
  /// one that FFmpeg would choose.
  static const AVCodec* gpu_decoder(AVCodecID id) {
    void* place = nullptr;
    while (const AVCodec* codec = av_codec_iterate(&place)) {
      if (codec->id != id || !av_codec_is_decoder(codec) || codec->capabilities & AV_CODEC_CAP_HARDWARE)
        continue;
      for (int i = 0; const AVCodecHWConfig* way = avcodec_get_hw_config(codec, i); ++i)
        if (way->device_type == AV_HWDEVICE_TYPE_CUDA &&
            way->methods & AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX)
          return codec;
    }
    return nullptr;
  }

  const AVStream& stream() const { return *format_->streams[stream_]; }
  const std::string& path() const { return path_; }

 private:
  static constexpr int frames_held = 4;      // by whoever takes them: a GPU has memory for so many more
  static constexpr int most_failures = 100;  // in a row, before a file counts as ended

  explicit stream_decoder(const std::string& path) : path_(path) {
    quiet_libav();
    // As a file and nothing else: a name may contain a colon, and what a playlist names must be a file too.
    AVFormatContext* opened = nullptr;
    check(avformat_open_input(&opened, ("file:" + path).c_str(), nullptr, nullptr), path, "cannot open");
    format_.reset(opened);
    // (FFmpeg paints any text as a terminal would show it.)
    require(format_->iformat->name != std::string_view("tty"), path, ": is text, not a video");
    avformat_find_stream_info(format_.get(), nullptr);  // a failure shows in the streams it leaves behind
    start_ = exact_start();
  }

  static rational seconds(std::int64_t ticks, AVRational time_base) {
    return rational::reduced(wide_integer(ticks) * time_base.num, time_base.den);
  }

  std::optional<rational> timestamp(std::int64_t ticks) const {
    if (ticks == AV_NOPTS_VALUE) return std::nullopt;
    return seconds(ticks, stream().time_base);
  }

  /// libavformat rounds the container's start time to microseconds; the stream that begins there has it.
  std::optional<rational> exact_start() const {
    if (format_->start_time == AV_NOPTS_VALUE) return std::nullopt;
    for (unsigned i = 0; i < format_->nb_streams; ++i) {
      const AVStream& candidate = *format_->streams[i];
      if (candidate.start_time == AV_NOPTS_VALUE) continue;
      std::int64_t rounded = av_rescale_q(candidate.start_time, candidate.time_base, AV_TIME_BASE_Q);
      if (std::llabs(rounded - format_->start_time) <= 1)
        return seconds(candidate.start_time, candidate.time_base);
    }
    return seconds(format_->start_time, AV_TIME_BASE_Q);
  }

  int choose(AVMediaType type, std::optional<int> index) const {
    std::string wanted = av_get_media_type_string(type), all;
    for (int i = 0; i < int(format_->nb_streams); ++i) {
      const AVStream& candidate = *format_->streams[i];
      const bool cover = candidate.disposition & AV_DISPOSITION_ATTACHED_PIC;
      const bool fits = candidate.codecpar->codec_type == type && !cover;
      if (fits && index.value_or(i) == i) return i;
      const char* name =
          cover ? "attached picture" : av_get_media_type_string(candidate.codecpar->codec_type);
      all += message(all.empty() ? "" : ", ", i, " ", name ? name : "unknown", " (",
                     avcodec_get_name(candidate.codecpar->codec_id), ")");
    }
    require(!index, path_, ": stream ", index.value_or(-1), " is not one of its ", wanted,
            " streams; the file has: ", all.empty() ? "no streams" : all);
    return -1;
  }

  void open_codec(int index, int threads, std::optional<int> gpu) {
    stream_ = index;
    for (int i = 0; i < int(format_->nb_streams); ++i)
      if (i != index) format_->streams[i]->discard = AVDISCARD_ALL;

    const AVCodecParameters& parameters = *stream().codecpar;
    buffer_handle device = gpu ? device_of(*gpu, parameters.codec_id) : nullptr;
    const AVCodec* codec =
        device ? gpu_decoder(parameters.codec_id) : avcodec_find_decoder(parameters.codec_id);
    require(codec != nullptr, path_, ": this FFmpeg has no decoder for stream ", index, " (",
            avcodec_get_name(parameters.codec_id), ")");
    codec_.reset(allocated(avcodec_alloc_context3(codec)));
    check(avcodec_parameters_to_context(codec_.get(), &parameters), path_,
          "cannot use the stream's parameters");
    codec_->pkt_timebase = stream().time_base;
    // Each thread more takes a GPU one more surface, of which it has 32, and it decodes one frame at a time.
    codec_->thread_count = device ? 1 : threads;
    codec_->max_pixels = most_pixels;
    // Where H.264 does not say how far its pictures are out of order: as far as its level allows. libavcodec
    // would guess, and lose pictures where it turns out to be more.
    if (parameters.codec_id == AV_CODEC_ID_H264) codec_->strict_std_compliance = FF_COMPLIANCE_STRICT;
    codec_->extra_hw_frames = frames_held;
    on_trial_ = device != nullptr;
    codec_->hw_device_ctx = device.release();
    threads_ = threads;
    check(avcodec_open2(codec_.get(), codec, nullptr), path_, message("cannot open decoder ", codec->name));
  }

  /// Null, and the reason is kept, if the GPU cannot decode this.
  buffer_handle device_of(int number, AVCodecID id) {
    AVBufferRef* device = nullptr;
    if (!gpu_decoder(id))
      gpu_refusal_ = message("FFmpeg's decoder ", avcodec_get_name(id), " uses no GPU");
    else if (av_hwdevice_ctx_create(&device, AV_HWDEVICE_TYPE_CUDA, std::to_string(number).c_str(), nullptr,
                                    0) < 0)
      gpu_refusal_ = message("FFmpeg finds no GPU ", number, " that decodes");
    return buffer_handle(device);
  }

  std::string not_this() const {
    return message("the GPU does not decode this kind of ", avcodec_get_name(codec_->codec_id));
  }

  /// From the beginning, by the CPU's own decoder and with all its threads.
  void decode_on_cpu() {
    stream_decoder again(path_);
    again.open_codec(stream_, threads_, {});
    again.gpu_refusal_ = not_this();
    *this = std::move(again);
  }

  /// Hands the next packet of the stream to the decoder, or tells it that there are no more.
  template <class Choose>
  void send_packet(Choose& choose) {
    while (needed_.empty() && !ended_) read_packet(choose);
    packet_handle packet;
    if (needed_.empty()) {
      drained_ = true;
    } else {
      packet = std::move(needed_.front());
      needed_.pop_front();
    }
    if (avcodec_send_packet(codec_.get(), packet.get()) < 0 && packet) ++skipped_;
  }

  template <class Choose>
  void read_packet(Choose& choose) {
    packet_handle packet = make_packet();
    const int code = av_read_frame(format_.get(), packet.get());
    if (code < 0 && code != AVERROR_EOF) ++skipped_, ++read_failures_;
    if (code == AVERROR_EOF || read_failures_ == most_failures) {
      ended_ = true;
      choose(nullptr, needed_);
    } else if (code >= 0 && packet->stream_index == stream_ && packet->size > 0) {
      read_failures_ = 0;  // (an empty packet would mean the end to the decoder)
      choose(std::move(packet), needed_);
    }
  }

  std::string path_;
  format_handle format_;
  codec_handle codec_;
  std::deque<packet_handle> needed_;  // read, and to be decoded next
  std::optional<rational> start_;
  int stream_ = -1, threads_ = 0, failures_ = 0, read_failures_ = 0;
  bool ended_ = false, drained_ = false;
  bool on_trial_ = false;  // a GPU decodes, and has not given the first frame yet
  dim skipped_ = 0;
  std::string gpu_refusal_;
};

}  // namespace eev::media

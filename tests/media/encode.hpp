// In:  what a clip is to contain, frame by frame and sample by sample.  Out: a media file.
// Rests on: FFmpeg's encoders and muxers, media/ffmpeg.
//
// Tests make their own media, with exact control of every timestamp.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <unistd.h>

extern "C" {
#include <libavutil/channel_layout.h>
#include <libavutil/display.h>
#include <libavutil/opt.h>
}

#include <eev/media/ffmpeg.hpp>

#include "clip.hpp"

namespace eev::test {

namespace media = eev::media;
using bytes = std::vector<char>;

/// A path inside a folder that is removed when the tests end.
inline std::string scratch(const std::string& name) {
  struct folder {
    std::filesystem::path path = std::filesystem::temp_directory_path() / message("eev_media_", getpid());
    folder() { std::filesystem::create_directories(path); }
    ~folder() { std::filesystem::remove_all(path); }
  };
  static folder here;
  return (here.path / name).string();
}

inline bytes read_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return bytes(std::istreambuf_iterator<char>(file), {});
}

inline std::string write_bytes(const std::string& path, const bytes& content) {
  std::ofstream(path, std::ios::binary).write(content.data(), std::streamsize(content.size()));
  return path;
}

namespace detail {

inline AVDictionary* dictionary(const std::map<std::string, std::string>& options) {
  AVDictionary* made = nullptr;
  for (const auto& [key, value] : options) av_dict_set(&made, key.c_str(), value.c_str(), 0);
  return made;
}

inline const AVCodec* encoder(const std::string& name) {
  const AVCodec* found = avcodec_find_encoder_by_name(name.c_str());
  require(found != nullptr, "no encoder ", name);
  return found;
}

struct close_output {
  void operator()(AVFormatContext* format) const {
    avio_closep(&format->pb);
    avformat_free_context(format);
  }
};
using output_handle = std::unique_ptr<AVFormatContext, close_output>;

/// The extension chooses the container.
inline output_handle make_output(const std::string& path) {
  media::quiet_libav();
  AVFormatContext* made = nullptr;
  media::check(avformat_alloc_output_context2(&made, nullptr, nullptr, path.c_str()), path, "muxer");
  return output_handle(made);
}

/// Once it has its streams.
inline void begin_output(AVFormatContext* output, const std::string& path,
                         const std::map<std::string, std::string>& options = {}) {
  media::check(avio_open(&output->pb, path.c_str(), AVIO_FLAG_WRITE), path, "create");
  AVDictionary* made = dictionary(options);
  const int code = avformat_write_header(output, &made);
  av_dict_free(&made);
  media::check(code, path, "write header");
}

class muxer {
 public:
  muxer(const std::string& path, const clip& what) : path_(path), format_(make_output(path)) {
    format_->avoid_negative_ts = 0;
    if (what.audio && what.audio_first) open(*what.audio);
    if (what.video) open(*what.video);
    if (what.audio && !what.audio_first) open(*what.audio);
    if (what.cover) open_cover();
    begin_output(format_.get(), path, what.options);
    if (what.cover) write_cover();
    if (what.video) encode(*what.video);
    if (what.audio) encode(*what.audio);
    media::check(av_interleaved_write_frame(format_.get(), nullptr), path, "flush");
    media::check(av_write_trailer(format_.get()), path, "write trailer");
  }

 private:
  AVStream* add_stream(AVCodecContext& codec) {
    if (format_->oformat->flags & AVFMT_GLOBALHEADER) codec.flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    return media::allocated(avformat_new_stream(format_.get(), nullptr));
  }

  void open(const video_track& track) {
    video_.reset(avcodec_alloc_context3(encoder(track.codec)));
    video_->width = track.width, video_->height = track.height;
    video_->pix_fmt = track.format;
    video_->time_base = track.time_base;
    video_->colorspace = track.matrix;
    video_->color_range = track.range;
    video_->thread_count = 1;
    video_stream_ = add_stream(*video_);
    AVDictionary* options = dictionary(track.options);
    int code = avcodec_open2(video_.get(), nullptr, &options);
    av_dict_free(&options);
    media::check(code, path_, "open " + track.codec);
    avcodec_parameters_from_context(video_stream_->codecpar, video_.get());
    video_stream_->time_base = track.time_base;
    if (track.display_matrix) {
      const std::size_t size = sizeof *track.display_matrix;
#if LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT(60, 15, 100)
      AVCodecParameters& parameters = *video_stream_->codecpar;
      std::uint8_t* to = av_packet_side_data_new(&parameters.coded_side_data, &parameters.nb_coded_side_data,
                                                 AV_PKT_DATA_DISPLAYMATRIX, size, 0)
                             ->data;
#else
      std::uint8_t* to = av_stream_new_side_data(video_stream_, AV_PKT_DATA_DISPLAYMATRIX, size);
#endif
      std::memcpy(to, track.display_matrix->data(), size);
    }
  }

  void open(const audio_track& track) {
    const AVCodec* codec = encoder(track.codec);
    audio_.reset(avcodec_alloc_context3(codec));
    audio_->sample_rate = track.rate;
    audio_->sample_fmt = track.codec == "aac" ? AV_SAMPLE_FMT_FLTP : codec->sample_fmts[0];
    av_channel_layout_default(&audio_->ch_layout, track.channels);
    audio_->time_base = {1, track.rate};
    audio_stream_ = add_stream(*audio_);
    media::check(avcodec_open2(audio_.get(), nullptr, nullptr), path_, "open " + track.codec);
    avcodec_parameters_from_context(audio_stream_->codecpar, audio_.get());
    audio_stream_->time_base = audio_->time_base;
  }

  void open_cover() {
    cover_stream_ = media::allocated(avformat_new_stream(format_.get(), nullptr));
    AVCodecParameters& parameters = *cover_stream_->codecpar;
    parameters.codec_type = AVMEDIA_TYPE_VIDEO;
    parameters.codec_id = AV_CODEC_ID_PNG;
    parameters.width = parameters.height = 8;
    cover_stream_->disposition = AV_DISPOSITION_ATTACHED_PIC;
  }

  void write_cover() {
    media::codec_handle png(avcodec_alloc_context3(encoder("png")));
    png->width = png->height = 8;
    png->pix_fmt = AV_PIX_FMT_RGB24;
    png->time_base = {1, 25};
    media::check(avcodec_open2(png.get(), nullptr, nullptr), path_, "open png");
    media::frame_handle frame = picture(*png);
    paint_index(*frame, 3);
    media::packet_handle packet = media::make_packet();
    avcodec_send_frame(png.get(), frame.get());
    media::check(avcodec_receive_packet(png.get(), packet.get()), path_, "encode cover");
    packet->stream_index = cover_stream_->index;
    media::check(av_interleaved_write_frame(format_.get(), packet.get()), path_, "write cover");
  }

  static media::frame_handle picture(const AVCodecContext& codec) {
    media::frame_handle frame = media::make_frame();
    frame->format = codec.pix_fmt, frame->width = codec.width, frame->height = codec.height;
    frame->colorspace = codec.colorspace, frame->color_range = codec.color_range;
    media::check(av_frame_get_buffer(frame.get(), 0), "frame", "allocate");
    return frame;
  }

  void encode(const video_track& track) {
    std::map<std::int64_t, std::int64_t> durations;
    for (std::size_t i = 0; i < track.times.size(); ++i)
      durations[track.times[i]] =
          i + 1 < track.times.size() ? track.times[i + 1] - track.times[i] : track.last_duration;
    for (std::size_t i = 0; i <= track.times.size(); ++i) {
      media::frame_handle frame;
      if (i < track.times.size()) {
        frame = picture(*video_);
        track.paint(*frame, int(i));
        frame->pts = track.times[i];
      }
      send(*video_, frame.get(), *video_stream_,
           [&](AVPacket& packet) { packet.duration = durations[packet.pts]; });
    }
  }

  void encode(const audio_track& track) {
    const std::int64_t block = audio_->frame_size > 0 ? audio_->frame_size : 1000;
    std::int64_t sent = 0;  // the signal runs on through the jumps of the timestamps
    for (const audio_track::run& run : track.runs)
      for (std::int64_t at = 0; at < run.count; at += block) {
        media::frame_handle frame = media::make_frame();
        frame->format = audio_->sample_fmt, frame->sample_rate = track.rate;
        frame->nb_samples = int(std::min(block, run.count - at));
        av_channel_layout_copy(&frame->ch_layout, &audio_->ch_layout);
        media::check(av_frame_get_buffer(frame.get(), 0), path_, "allocate");
        for (int i = 0; i < frame->nb_samples; ++i, ++sent)
          for (int channel = 0; channel < track.channels; ++channel)
            put(*frame, track.channels, i, channel, track.wave(channel, double(sent) / track.rate));
        frame->pts = run.begin + at;
        send(*audio_, frame.get(), *audio_stream_, [](AVPacket&) {});
      }
    send(*audio_, nullptr, *audio_stream_, [](AVPacket&) {});
  }

  static void put(AVFrame& frame, int channels, int i, int channel, double value) {
    const bool planar = av_sample_fmt_is_planar(AVSampleFormat(frame.format));
    std::uint8_t* plane = frame.extended_data[planar ? channel : 0];
    const int at = planar ? i : i * channels + channel;
    switch (av_get_packed_sample_fmt(AVSampleFormat(frame.format))) {
      case AV_SAMPLE_FMT_U8:
        plane[at] = std::uint8_t(128 + 128 * value);
        break;
      case AV_SAMPLE_FMT_S16:
        reinterpret_cast<std::int16_t*>(plane)[at] = std::int16_t(32768 * value);
        break;
      case AV_SAMPLE_FMT_S32:
        reinterpret_cast<std::int32_t*>(plane)[at] = std::int32_t(2147483648.0 * value);
        break;
      case AV_SAMPLE_FMT_FLT:
        reinterpret_cast<float*>(plane)[at] = float(value);
        break;
      case AV_SAMPLE_FMT_DBL:
        reinterpret_cast<double*>(plane)[at] = value;
        break;
      default:
        throw error("encode.hpp: sample format");
    }
  }

  void send(AVCodecContext& codec, AVFrame* frame, AVStream& stream,
            const std::function<void(AVPacket&)>& adjust) {
    media::check(avcodec_send_frame(&codec, frame), path_, "encode");
    media::packet_handle packet = media::make_packet();
    while (avcodec_receive_packet(&codec, packet.get()) >= 0) {
      adjust(*packet);
      packet->stream_index = stream.index;
      av_packet_rescale_ts(packet.get(), codec.time_base, stream.time_base);
      media::check(av_interleaved_write_frame(format_.get(), packet.get()), path_, "write packet");
    }
  }

  std::string path_;
  output_handle format_;
  media::codec_handle video_, audio_;
  AVStream *video_stream_ = nullptr, *audio_stream_ = nullptr, *cover_stream_ = nullptr;
};

}  // namespace detail

/// Writes the clip under `name` (its extension chooses the container) and returns the path.
inline std::string write_clip(const std::string& name, const clip& what) {
  std::string path = scratch(name);
  detail::muxer(path, what);
  return path;
}

}  // namespace eev::test

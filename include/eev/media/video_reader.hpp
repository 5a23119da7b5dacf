// In:  a video file.  Out: the frame shown at every second (or at another rate), as RGB, and the duration.
// Rests on: media/stream_decoder, media/timeline, media/needed_packets, media/rgb_converter.
//
//   video_reader video("clip.mp4");
//   while (auto row = video.next()) use(row->seconds, *row->picture);  // ceil(duration * rate) rows
//
// Only frames that a row shows are converted to RGB, and what no such frame rests on is not even decoded. Two
// frames and the packets up to the next row are held at a time, whatever the length of the video.
#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

extern "C" {
#include <libavutil/display.h>
}

#include <eev/media/needed_packets.hpp>
#include <eev/media/packet_kind.hpp>
#include <eev/media/rgb_converter.hpp>
#include <eev/media/stream_decoder.hpp>
#include <eev/media/timeline.hpp>

namespace eev::media {

/// Row k: what is on the screen k / rate seconds after the start.
struct timed_image {
  dim row = 0;
  double seconds = 0;
  std::shared_ptr<const image> picture;  // shared by neighbouring rows that show the same frame
};

struct video_options {
  std::optional<int> stream = {};  // its index in the file; otherwise the lowest-numbered video stream
  rational rate = 1;               // rows per second, above 0 and at most a million
  int threads = 0;                 // of the decoder; 0: libavcodec chooses
  std::optional<int> gpu = {};     // whose decoder (NVDEC) is to do what it can; otherwise the CPU decodes
};

/// May be moved, and used from any one thread at a time.
class video_reader {
 public:
  /// Throws eev::error if the file cannot be opened or has no such video stream.
  explicit video_reader(const std::string& path, const video_options& options = {})
      : decoder_(open(path, options)),
        rate_(checked(path, options.rate)),
        timeline_(decoder_.start()),
        kind_of_(*decoder_.stream().codecpar),
        needed_(rate_),
        converter_(path) {}

  /// The next row, or nothing after the last one. Row k shows the frame with the latest presentation time
  /// that is not after start + k / rate, or the first frame if there is none. Throws eev::error if no frame
  /// at all could be decoded; frames that could not be are passed over.
  std::optional<timed_image> next() {
    if (!shown_.frame) start_decoding();
    const rational time = rational(row_) / rate_;
    while (upcoming_.frame && upcoming_.begin <= time) show_upcoming();
    if (!upcoming_.frame && row_ >= rows(duration())) return std::nullopt;
    if (!picture_)
      picture_ = std::make_shared<const image>(converter_.convert(*shown_.frame, turn(*shown_.frame)));
    return timed_image{row_++, time.value(), picture_};
  }

  /// D in seconds: the end of the last decoded frame, counted from the container's start time. Valid once
  /// next() has returned nothing.
  rational duration() const { return shown_.end; }

  /// D is longer than this. Known while decoding: the latest presentation time seen.
  rational duration_so_far() const { return upcoming_.frame ? upcoming_.begin : shown_.begin; }

  /// Frames that could not be read or decoded, so far.
  dim skipped_frames() const { return decoder_.skipped(); }

  /// Why the CPU decodes in spite of a GPU that was asked for; empty as long as there is no reason.
  const std::string& gpu_refusal() const { return decoder_.gpu_refusal(); }

  /// The index of the stream in the file.
  int stream() const { return decoder_.stream().index; }

 private:
  struct shot {
    frame_handle frame;  // null: there is none
    rational begin, end;
  };

  static stream_decoder open(const std::string& path, const video_options& options) {
    auto decoder =
        stream_decoder::open(path, AVMEDIA_TYPE_VIDEO, options.stream, options.threads, options.gpu);
    require(decoder.has_value(), path, ": has no video stream");
    return std::move(*decoder);
  }

  static rational checked(const std::string& path, rational rate) {
    require(rate > 0 && rate <= 1'000'000, path, ": cannot be sampled ", rate.value(),
            " times a second; the rate must be above 0 and at most 1,000,000");
    return rate;
  }

  dim rows(rational duration) const { return std::max<dim>(1, (duration * rate_).ceil()); }

  void start_decoding() {
    shown_ = decode(rational(0));
    require(shown_.frame != nullptr, decoder_.path(), ": no frame of video stream ", stream(),
            " could be decoded (", skipped_frames(), " packets failed)");
    upcoming_ = decode(shown_.end);
  }

  void show_upcoming() {
    shown_ = std::move(upcoming_);
    picture_.reset();
    upcoming_ = decode(shown_.end);
  }

  /// The next frame that is not older than the one shown. It begins when the file says, or else as
  /// `expected`.
  shot decode(rational expected) {
    shot next{make_frame(), {}, {}};
    while (decoder_.next(*next.frame, [this](packet_handle packet, std::deque<packet_handle>& needed) {
      choose(std::move(packet), needed);
    })) {
      next.begin = timeline_.place(decoder_.timestamp(*next.frame), expected);
      if (shown_.frame && next.begin < shown_.begin) continue;
      next.end = next.begin + screen_time(*next.frame, next.begin);
      return next;
    }
    return {};
  }

  /// Those needed of the packets so far, of which `packet` is the next one, null the end. All are until there
  /// is a frame to show.
  void choose(packet_handle packet, std::deque<packet_handle>& needed) {
    if (!packet) return needed_.finish(needed);
    auto begin = timeline_.foresee(decoder_.timestamp(*packet));
    if (begin && (!shown_.frame || *begin <= shown_.begin)) begin.reset();
    const packet_kind kind = kind_of_(*packet);
    needed_.add(std::move(packet), kind, begin, needed);
  }

  /// The frame's own duration; else the gap before it; else 1 / average frame rate; else 1/25 s.
  rational screen_time(const AVFrame& frame, rational begin) const {
    auto believable = [](rational duration) { return duration > 0 && duration <= timeline::longest_gap; };
    if (rational own = decoder_.duration(frame); believable(own)) return own;
    const rational left_out = needed_.latest_left_out();
    const rational before = left_out < begin ? std::max(shown_.begin, left_out) : shown_.begin;
    if (shown_.frame && begin > before) return begin - before;
    if (AVRational average = decoder_.stream().avg_frame_rate; average.num > 0 && average.den > 0)
      if (rational period = rational::reduced(average.den, average.num); believable(period)) return period;
    return rational::reduced(1, 25);
  }

  /// How the display matrix of the frame, or else of the stream, says that the picture is to be turned.
  orientation turn(const AVFrame& frame) const {
    const std::uint8_t* matrix = nullptr;
    std::size_t size = 0;
    if (const AVFrameSideData* data = av_frame_get_side_data(&frame, AV_FRAME_DATA_DISPLAYMATRIX)) {
      matrix = data->data, size = data->size;
    } else {
#if LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT(60, 15, 100)
      const AVCodecParameters& parameters = *decoder_.stream().codecpar;
      if (const AVPacketSideData* whole = av_packet_side_data_get(
              parameters.coded_side_data, parameters.nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX))
        matrix = whole->data, size = whole->size;
#else
      matrix = av_stream_get_side_data(&decoder_.stream(), AV_PKT_DATA_DISPLAYMATRIX, &size);
#endif
    }
    if (!matrix || size < 9 * sizeof(std::int32_t)) return {};
    return orientation::from_matrix(reinterpret_cast<const std::int32_t*>(matrix));
  }

  stream_decoder decoder_;
  rational rate_;
  timeline timeline_;
  packet_classifier kind_of_;
  needed_packets needed_;
  rgb_converter converter_;
  shot shown_, upcoming_;
  std::shared_ptr<const image> picture_;  // of shown_, once a row needs it
  dim row_ = 0;
};

}  // namespace eev::media

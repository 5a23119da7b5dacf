// In:  a media file.  Out: its sound as 16 kHz mono samples, sample 0 at the same start as the video's.
// Rests on: media/stream_decoder, media/timeline.
//
//   if (auto audio = audio_reader::open("clip.mp4")) while (audio->read(samples)) {}
//
// Sound that begins late is preceded by silence, sound before the start is cut. Inside, a jump of the
// timestamps by more than 0.1 s becomes silence, an overlap of more than 0.1 s is cut; less is taken for
// jitter. What counts as a jump at all is decided by media/timeline.
#pragma once

extern "C" {
#include <libavutil/channel_layout.h>
#include <libavutil/samplefmt.h>
}

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <eev/core/finite.hpp>
#include <eev/media/stream_decoder.hpp>
#include <eev/media/timeline.hpp>

namespace eev::media {

/// May be moved, and used from any one thread at a time.
class audio_reader {
 public:
  static constexpr int sample_rate = 16000;

  /// The stream of this index, or the lowest-numbered audio stream; nothing if the file has no audio stream.
  /// Throws eev::error if the file cannot be opened or the index is not one of its audio streams.
  static std::optional<audio_reader> open(const std::string& path, std::optional<int> stream = {},
                                          int threads = 1) {
    auto decoder = stream_decoder::open(path, AVMEDIA_TYPE_AUDIO, stream, threads);
    if (!decoder) return std::nullopt;
    return audio_reader(std::move(*decoder));
  }

  /// Appends the next samples, a frame of them or some silence; false at the end, with nothing appended.
  bool read(std::vector<float>& samples) {
    const std::size_t before = samples.size();
    while (samples.size() == before && step(samples)) {
    }
    return samples.size() > before;
  }

  /// Packets that could not be read or decoded, so far.
  dim skipped_packets() const { return decoder_.skipped() + unusable_; }

  /// The index of the stream in the file.
  int stream() const { return decoder_.stream().index; }

 private:
  // Rates outside these come from broken headers; they would ask for huge filters or huge outputs.
  static constexpr int lowest_rate = 1000, highest_rate = 1'000'000;
  static constexpr std::int64_t longest_silence = 1 << 16;  // at a time, in samples of the source

  explicit audio_reader(stream_decoder decoder) : decoder_(std::move(decoder)), timeline_(decoder_.start()) {}

  /// Resamples some silence, or else one frame, or else what is left in the resampler; false at the end.
  bool step(std::vector<float>& samples) {
    if (silence_ > 0) {
      mono_.assign(std::size_t(std::min(silence_, longest_silence)), 0.0f);
      silence_ -= std::int64_t(mono_.size());
      resample(samples);
    } else if (held_) {
      held_ = false;
      mix();
      resample(samples);
    } else if (decoder_.next(*frame_)) {
      place(samples);
    } else if (resampler_) {
      flush(samples);
    } else {
      return false;
    }
    return true;
  }

  /// Decides how much silence goes before the frame just decoded (silence_) or how much of it is cut (cut_).
  /// Positions are samples of the source since the start.
  void place(std::vector<float>& samples) {
    if (frame_->sample_rate < lowest_rate || frame_->sample_rate > highest_rate) {
      ++unusable_;
      return;
    }
    if (frame_->sample_rate != rate_) change_rate(samples);
    const rational now = rational::reduced(position_, rate_);
    const rational begin = timeline_.place(decoder_.timestamp(*frame_), now);
    const std::int64_t offset = ((begin - now) * rate_).round();
    const bool jump = exact_ || 10 * std::llabs(offset) > rate_;
    silence_ = jump ? std::max<std::int64_t>(0, offset) : 0;
    cut_ = jump ? std::clamp<std::int64_t>(-offset, 0, frame_->nb_samples) : 0;
    position_ += silence_ + frame_->nb_samples - cut_;
    held_ = cut_ < frame_->nb_samples;
    exact_ = !held_;
  }

  /// The rest of the frame, all channels with equal weight.
  void mix() {
    const auto format = AVSampleFormat(frame_->format);
    mono_.assign(std::size_t(frame_->nb_samples - cut_), 0.0f);
    switch (av_get_packed_sample_fmt(format)) {
      case AV_SAMPLE_FMT_U8:
        return average<std::uint8_t>(1.0 / 128, 128);
      case AV_SAMPLE_FMT_S16:
        return average<std::int16_t>(1.0 / 32768);
      case AV_SAMPLE_FMT_S32:
        return average<std::int32_t>(1.0 / 2147483648);
      case AV_SAMPLE_FMT_S64:
        return average<std::int64_t>(1.0 / 9223372036854775808.0);
      case AV_SAMPLE_FMT_FLT:
        return average<float>(1);
      case AV_SAMPLE_FMT_DBL:
        return average<double>(1);
      default:
        throw error(message(decoder_.path(), ": audio stream ", stream(), " has an unknown sample format"));
    }
  }

  template <class Sample>
  void average(double scale, double zero = 0) {
    const int channels = frame_->ch_layout.nb_channels;
    const bool planar = av_sample_fmt_is_planar(AVSampleFormat(frame_->format));
    for (std::int64_t i = 0; i < std::int64_t(mono_.size()); ++i) {
      double sum = 0;
      for (int channel = 0; channel < channels; ++channel) {
        const auto* plane = reinterpret_cast<const Sample*>(frame_->extended_data[planar ? channel : 0]);
        sum += double(plane[planar ? cut_ + i : (cut_ + i) * channels + channel]) - zero;
      }
      const float mean = float(sum * scale / channels);
      mono_[std::size_t(i)] = is_finite(mean) ? mean : 0.0f;  // one broken sample would spoil its neighbours
    }
  }

  /// Begins at the first frame, and anew where the stream changes its rate.
  void change_rate(std::vector<float>& samples) {
    if (resampler_) flush(samples);
    position_ = rate_ > 0 ? (rational(position_) * frame_->sample_rate / rate_).round() : 0;
    rate_ = frame_->sample_rate;
    AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO;
    SwrContext* made = nullptr;
    int code = swr_alloc_set_opts2(&made, &mono, AV_SAMPLE_FMT_FLT, sample_rate, &mono, AV_SAMPLE_FMT_FLT,
                                   rate_, 0, nullptr);
    resampler_.reset(made);
    if (code >= 0) code = swr_init(made);
    check(code, decoder_.path(), message("cannot resample ", rate_, " Hz to ", sample_rate, " Hz"));
  }

  void flush(std::vector<float>& samples) {
    convert(nullptr, 0, samples);
    resampler_.reset();
  }

  void resample(std::vector<float>& samples) {
    convert(reinterpret_cast<const std::uint8_t*>(mono_.data()), int(mono_.size()), samples);
  }

  /// Without input: what the resampler still holds.
  void convert(const std::uint8_t* input, int count, std::vector<float>& samples) {
    const int room = check(swr_get_out_samples(resampler_.get(), count), decoder_.path(), "cannot resample");
    const std::size_t before = samples.size();
    samples.resize(before + std::size_t(room));
    auto* output = reinterpret_cast<std::uint8_t*>(samples.data() + before);
    const int made = check(swr_convert(resampler_.get(), &output, room, input ? &input : nullptr, count),
                           decoder_.path(), "cannot resample");
    samples.resize(before + std::size_t(made));
  }

  stream_decoder decoder_;
  timeline timeline_;
  swr_handle resampler_;
  frame_handle frame_ = make_frame();
  std::vector<float> mono_;                            // at the source's rate, on its way to the resampler
  std::int64_t position_ = 0, silence_ = 0, cut_ = 0;  // in samples of the source
  dim unusable_ = 0;
  int rate_ = 0;       // of the source
  bool exact_ = true;  // at the first frame and inside an overlap, where no jitter is tolerated
  bool held_ = false;  // frame_ waits until silence_ is spent
};

}  // namespace eev::media

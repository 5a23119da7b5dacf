// In:  a video file, or a still image.  Out: an eev::video, decoded ahead on two threads.  Rests on:
// media/video_reader, media/audio_reader, media/still_image, media/read_ahead.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <eev/core/video.hpp>
#include <eev/media/audio_reader.hpp>
#include <eev/media/read_ahead.hpp>
#include <eev/media/still_image.hpp>
#include <eev/media/video_reader.hpp>

namespace eev::media {

struct video_file_options {
  rational rate = 1;  // frames a second that are handed out
  /// Their indices in the file; otherwise the lowest-numbered.
  std::optional<int> video_stream{}, audio_stream{};
  /// The number of the GPU whose decoder (NVDEC) is to do what it can; otherwise the CPU decodes.
  std::optional<int> gpu{};
};

/// Throws eev::error, naming the file, where it cannot be read or has no such stream. A PNG or JPEG file is a
/// video of one second without sound.
class video_file : public video {
 public:
  explicit video_file(const std::string& path, const video_file_options& options = {}) {
    if (is_still_image(path)) {
      require(!options.audio_stream, path, ": a picture has no sound, so no audio stream to choose");
      require(options.video_stream.value_or(0) == 0, path, ": a picture has stream 0 and no other");
      still_ = std::make_shared<const image>(load_still_image(path));
      still_rows_ = std::max<dim>(1, options.rate.ceil());
      return;
    }
    frames_.emplace(path, video_options{options.video_stream, options.rate, 0, options.gpu});
    samples_ = audio_reader::open(path, options.audio_stream);
    has_sound_ = samples_.has_value();
    frames_ahead_.emplace([this] { return frames_->next(); }, frames_waiting);
    if (has_sound_) samples_ahead_.emplace([this] { return next_block(); }, blocks_waiting);
  }

  std::optional<view<const std::uint8_t, 3>> next_frame() override {
    if (frames_) {
      auto row = frames_ahead_->next();
      shown_ = row ? row->picture : nullptr;
    } else {
      shown_ = still_rows_-- > 0 ? still_ : nullptr;
    }
    if (!shown_) return std::nullopt;
    return shown_->tensor();
  }

  bool next_samples(std::vector<float>& samples) override {
    if (!samples_ahead_) return false;
    const auto block = samples_ahead_->next();
    if (block) samples.insert(samples.end(), block->samples.begin(), block->samples.end());
    skipped_packets_ = block ? block->skipped_packets : samples_->skipped_packets();
    return block.has_value();
  }

  bool has_sound() const override { return has_sound_; }
  rational duration() const override { return frames_ ? frames_->duration() : rational(1); }

  /// Frames that could not be decoded; known once the last one has been handed out.
  dim skipped_frames() const { return frames_ ? frames_->skipped_frames() : 0; }
  /// Packets of sound that could not be decoded, up to the last samples that were handed out.
  dim skipped_packets() const { return skipped_packets_; }

  /// Why the CPU decoded in spite of a GPU that was asked for, if so. Known by then, too.
  std::string gpu_refusal() const { return frames_ ? frames_->gpu_refusal() : ""; }

 private:
  // A frame of 1080p is 6 MB; a block is one packet's samples, a few KB.
  static constexpr std::size_t frames_waiting = 8, blocks_waiting = 256;

  struct block {
    std::vector<float> samples;
    dim skipped_packets;  // so far
  };

  std::optional<block> next_block() {
    std::vector<float> samples;
    if (!samples_->read(samples)) return std::nullopt;
    return block{std::move(samples), samples_->skipped_packets()};
  }

  std::shared_ptr<const image> still_, shown_;
  dim still_rows_ = 0, skipped_packets_ = 0;
  std::optional<video_reader> frames_;
  std::optional<audio_reader> samples_;
  bool has_sound_ = false;
  std::optional<read_ahead<timed_image>> frames_ahead_;
  std::optional<read_ahead<block>> samples_ahead_;
};

}  // namespace eev::media

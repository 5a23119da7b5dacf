// In:  nothing.  Out: what the model looks at and listens to, wherever it comes from.  Rests on: core.
//
// media/video_file.hpp reads it from a file, memory_video from arrays. Frames and samples are handed out in
// order and independently of each other, so that neither has to be kept.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <eev/core/rational.hpp>
#include <eev/core/view.hpp>

namespace eev {

class video {
 public:
  static constexpr dim sample_rate = 16000;

  virtual ~video() = default;

  /// The frame shown at the next second (or step of another rate), [H, W, 3], 8 bits; nothing after the last
  /// one. The pixels stay until the next call.
  virtual std::optional<view<const std::uint8_t, 3>> next_frame() = 0;

  /// Appends the next samples, mono at 16 kHz; false at the end.
  virtual bool next_samples(std::vector<float>& samples) = 0;

  /// False for a video without sound.
  virtual bool has_sound() const = 0;

  /// Seconds. Known once next_frame() has returned nothing.
  virtual rational duration() const = 0;
};

/// One frame a second [T, H, W, 3] and samples [S] (none: no sound) that the caller holds. T seconds long.
class memory_video : public video {
 public:
  memory_video(view<const std::uint8_t, 4> frames, std::span<const float> samples)
      : frames_(frames), samples_(samples) {}

  std::optional<view<const std::uint8_t, 3>> next_frame() override {
    if (row_ == frames_.shape[0]) return std::nullopt;
    return frames_[row_++];
  }
  bool next_samples(std::vector<float>& samples) override {
    const auto next = samples_.first(std::min<std::size_t>(samples_.size(), sample_rate));  // a second
    samples.insert(samples.end(), next.begin(), next.end());
    samples_ = samples_.subspan(next.size());
    return !next.empty();
  }
  bool has_sound() const override { return has_sound_; }
  rational duration() const override { return frames_.shape[0]; }

 private:
  view<const std::uint8_t, 4> frames_;
  std::span<const float> samples_;
  bool has_sound_ = !samples_.empty();
  dim row_ = 0;
};

}  // namespace eev

// In:  a story.  Out: its sound.  Rests on: corpus/story.
#pragma once

#include <cstdint>
#include <span>

#include "story.hpp"

namespace eev::corpus {

inline constexpr int sound_rate = 16000;  // samples a second, one channel

/// Pitch, loudness and rhythm as a beating tone, roughness as hiss, timbre as a second tone high above; how
/// loud the clip is as a whole and how long a beat rings is its own and means nothing.
class player {
 public:
  explicit player(const story& story) : story_(story) {}

  /// The next samples, some hundredths of a second of them.
  void play(std::span<float> samples);

 private:
  const story& story_;
  std::int64_t position_ = 0;                      // in samples
  double phase_ = 0, shine_phase_ = 0, beat_ = 0;  // of the two tones, in radians; of the rhythm
};

}  // namespace eev::corpus

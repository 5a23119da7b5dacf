// In:  a seed and the number of a clip.  Out: what the clip shows and sounds like at any time, and what a
// viewer of it feels.  Rests on: core.
//
// A clip is driven by ten cues, five of the picture and five of the sound, each a smooth random curve between
// 0 and 1. Every cue evokes one expression, and every pair of a cue seen and a cue heard evokes a third, that
// only both together tell. Who watches reacts late: each expression has its own delay, and then fades in.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include <eev/core/expressions.hpp>
#include <eev/core/random.hpp>
#include <eev/core/table.hpp>

namespace eev::corpus {

/// What changes in the picture and in the sound.
enum cue { colour, brightness, size, motion, crowd, pitch, loudness, rhythm, roughness, timbre };
inline constexpr int cues = 10;

/// Where the clips of a set are used. No two sets share a story.
enum class set { training, validation, test };
inline constexpr std::array<std::string_view, 3> set_names{"training", "validation", "test"};

/// How an expression is evoked: by one cue (both the same), or by two that must come together.
struct evocation {
  cue first, second;
  double delay;  // seconds from the cue to the reaction

  bool seen() const { return first < pitch; }
  bool heard() const { return second >= pitch; }
};

/// One for each expression, in the order of eev::expressions.
extern const std::array<evocation, expressions.size()> evocations;

inline constexpr int label_rate = 6;  // reactions a second

/// What random numbers are for.
enum class purpose { length, cue, ground, disc, squares, streaks, level, ring, hiss, disturbance, view };

/// Numbers in [0, 1) in any order: number i is always the same.
class chances {
 public:
  explicit chances(std::uint64_t stream) : stream_(stream) {}
  double operator[](std::uint64_t i) const { return double(unit_of(random_bits(stream_, i))); }

 private:
  std::uint64_t stream_;
};

class story {
 public:
  /// Of 48 to 72 seconds, unless told.
  story(std::uint64_t seed, set part, int number);
  story(std::uint64_t seed, set part, int number, int seconds);

  int seconds() const { return seconds_; }

  /// Cue `of` at second t, between 0 and 1.
  double strength(cue of, double t) const;

  /// What a viewer feels, between 0 and 1: [6 seconds, 15].
  table feelings() const;

  /// Random numbers of the clip's own: what looks and sounds different from clip to clip, and means nothing.
  chances chance(purpose what) const { return chances(random_stream(stream_, std::uint64_t(what))); }

 private:
  struct wave {
    double amplitude, frequency, phase;  // frequency in radians a second
  };
  static constexpr int waves = 5;

  std::uint64_t stream_;
  int seconds_;
  std::array<std::array<wave, waves>, cues> waves_;
};

}  // namespace eev::corpus

// In:  a story.  Out: its sound.
#include "sound.hpp"

#include <cmath>
#include <numbers>

namespace eev::corpus {
namespace {

constexpr double turn = 2 * std::numbers::pi;

/// An even rise by the given factor from 0 to 1.
double rise(double least, double factor, double strength) { return least * std::pow(factor, strength); }

}  // namespace

void player::play(std::span<float> samples) {
  // The cues change so little in a few hundredths of a second that they stay as they are in the middle.
  const double t = (double(position_) + double(samples.size()) / 2) / sound_rate;
  const auto now = [&](cue of) { return story_.strength(of, t); };
  const double step = turn * rise(160, 8, now(pitch)) / sound_rate;  // 160 to 1280 Hz
  const double own = story_.chance(purpose::level)[0];
  const double gain = (0.8 + 0.4 * own) * rise(0.02, 16, now(loudness));  // by 24 dB
  const double beats = rise(1, 10, now(rhythm));                          // 1 to 10 a second
  const double noise = rise(0.002, 40, now(roughness));                   // by 32 dB
  const double shine = rise(0.004, 25, now(timbre));                      // by 28 dB
  const double shine_step = turn * (3000 + 600 * own) / sound_rate;       // high above the tone
  const double ringing = 15 + 10 * story_.chance(purpose::ring)[0];       // fading of a beat, a second
  const chances hiss = story_.chance(purpose::hiss);

  for (float& sample : samples) {
    phase_ += step, shine_phase_ += shine_step, beat_ += beats / sound_rate;
    const double swell = 0.03 + 0.97 * std::exp(-ringing * (beat_ - std::floor(beat_)) / beats);
    const double random = 2 * hiss[std::uint64_t(position_++)] - 1;
    sample = float(gain * swell * std::sin(phase_) + shine * std::sin(shine_phase_) + noise * random);
  }
  phase_ = std::fmod(phase_, turn), shine_phase_ = std::fmod(shine_phase_, turn);
}

}  // namespace eev::corpus

// In:  a seed and the number of a clip.  Out: its cues, and what they evoke.
#include "story.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace eev::corpus {
namespace {

constexpr double longest_period = 40, shortest_period = 8;  // seconds, of a cue's waves
constexpr double fading_time = 1;  // seconds in which a reaction rises to 63 % of its cue
constexpr double strongest = 0.8;  // what the strongest cue evokes

}  // namespace

const std::array<evocation, expressions.size()> evocations{{
    {motion, rhythm, 1.0},          // amusement
    {roughness, roughness, 1.5},    // anger
    {brightness, brightness, 2.0},  // awe
    {crowd, crowd, 3.0},            // concentration
    {crowd, roughness, 2.5},        // confusion
    {colour, colour, 1.5},          // contempt
    {colour, pitch, 3.5},           // contentment
    {pitch, pitch, 3.0},            // disappointment
    {size, loudness, 2.0},          // doubt
    {rhythm, rhythm, 1.0},          // elation
    {size, size, 1.0},              // interest
    {loudness, loudness, 0.5},      // pain
    {timbre, timbre, 4.0},          // sadness
    {motion, motion, 0.5},          // surprise
    {brightness, timbre, 1.5},      // triumph
}};

story::story(std::uint64_t seed, set part, int number) : story(seed, part, number, 0) {
  seconds_ = 48 + int(25 * chance(purpose::length)[0]);
}

story::story(std::uint64_t seed, set part, int number, int seconds)
    : stream_(random_stream(seed, part, number)), seconds_(seconds) {
  const chances chance = this->chance(purpose::cue);
  std::uint64_t i = 0;
  for (auto& cue : waves_)
    for (wave& wave : cue) {
      const double period = shortest_period * std::pow(longest_period / shortest_period, chance[i++]);
      wave = {0.5 + chance[i], 2 * std::numbers::pi / period, 2 * std::numbers::pi * chance[i + 1]};
      i += 2;
    }
}

double story::strength(cue of, double t) const {
  double sum = 0;
  for (const wave& wave : waves_[of]) sum += wave.amplitude * std::sin(wave.frequency * t + wave.phase);
  return 1 / (1 + std::exp(-1.3 * sum));
}

table story::feelings() const {
  table felt(dim(expressions.size()), seconds_ * label_rate);
  const double step = 1.0 / label_rate, share = 1 - std::exp(-step / fading_time);
  for (std::size_t e = 0; e < expressions.size(); ++e) {
    const evocation& by = evocations[e];
    double feeling = -1;  // nothing has been seen yet
    for (dim k = 0; k < felt.rows(); ++k) {
      const double t = std::max(0.0, double(k) * step - by.delay);  // until then, of the first moment
      const double evoked = strongest * strength(by.first, t) * strength(by.second, t);
      feeling = feeling < 0 ? evoked : feeling + share * (evoked - feeling);
      felt.tensor()(k, dim(e)) = float(feeling);
    }
  }
  return felt;
}

}  // namespace eev::corpus

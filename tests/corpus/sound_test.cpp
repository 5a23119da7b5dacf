#include "corpus/sound.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "correlation.hpp"

using namespace eev;
using test::correlation;

namespace {

std::vector<float> sound_of(const corpus::story& story, int seconds) {
  std::vector<float> samples(std::size_t(seconds * corpus::sound_rate));
  corpus::player player(story);
  for (std::size_t i = 0; i < samples.size(); i += 800) player.play(std::span(samples).subspan(i, 800));
  return samples;
}

}  // namespace

TEST_CASE("what is louder, rougher or of a brighter timbre has more power; nothing is clipped") {
  std::vector<double> cues, power;
  for (int number = 0; number < 6; ++number) {
    const corpus::story story(7, corpus::set::training, number);
    const auto samples = sound_of(story, 40);
    CHECK(std::abs(*std::ranges::max_element(samples, {}, [](float s) { return std::abs(s); })) < 1);
    for (int t = 0; t < 40; ++t) {
      const auto now = [&](corpus::cue of) { return story.strength(of, t + 0.5); };
      double squares = 0;
      for (int i = 0; i < corpus::sound_rate; ++i)
        squares += std::pow(double(samples[std::size_t(t * corpus::sound_rate + i)]), 2);
      cues.push_back(now(corpus::loudness) + now(corpus::roughness) + now(corpus::timbre));
      power.push_back(std::log(squares));
    }
  }
  CHECK(correlation(cues, power) > 0.7);  // the rest: which of them is the loudest, and rhythm
}

TEST_CASE("a higher pitch crosses zero more often") {
  // Where there is little else to hear.
  std::vector<double> pitch, crossings;
  for (int number = 0; number < 30; ++number) {
    const corpus::story story(7, corpus::set::training, number);
    const auto samples = sound_of(story, 40);
    for (int t = 0; t < 40; ++t) {
      const auto now = [&](corpus::cue of) { return story.strength(of, t + 0.5); };
      if (now(corpus::loudness) < 0.5 || now(corpus::roughness) > 0.4 || now(corpus::timbre) > 0.4 ||
          now(corpus::rhythm) < 0.4)
        continue;
      const auto* second = &samples[std::size_t(t * corpus::sound_rate)];
      int crossed = 0;
      for (int i = 1; i < corpus::sound_rate; ++i) crossed += (second[i] > 0) != (second[i - 1] > 0);
      pitch.push_back(now(corpus::pitch)), crossings.push_back(crossed);
    }
  }
  REQUIRE(pitch.size() > 20);
  CHECK(correlation(pitch, crossings) > 0.3);
}

TEST_CASE("the same story sounds the same, another one different") {
  const corpus::story story(8, corpus::set::test, 1), another(8, corpus::set::test, 2);
  CHECK(sound_of(story, 2) == sound_of(story, 2));
  CHECK(sound_of(story, 2) != sound_of(another, 2));
}

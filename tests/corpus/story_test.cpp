#include "corpus/story.hpp"

#include <algorithm>
#include <set>

#include <doctest/doctest.h>

#include "correlation.hpp"

using namespace eev;
using corpus::story;
using test::correlation;

namespace {

/// A cue over the first 48 seconds, four times a second.
std::vector<double> curve_of(const story& story, corpus::cue cue) {
  std::vector<double> curve;
  for (double t = 0; t < 48; t += 0.25) curve.push_back(story.strength(cue, t));
  return curve;
}

}  // namespace

TEST_CASE("a seed, a set and a number make a story; any other make another") {
  const auto cue = curve_of(story(1, corpus::set::training, 0), corpus::colour);
  CHECK(curve_of(story(1, corpus::set::training, 0), corpus::colour) == cue);
  double sum = 0;
  for (const auto& other : {story(2, corpus::set::training, 0), story(1, corpus::set::validation, 0),
                            story(1, corpus::set::test, 0), story(1, corpus::set::training, 1)}) {
    for (int of = 0; of < corpus::cues; ++of)
      sum += std::abs(correlation(cue, curve_of(other, corpus::cue(of))));
  }
  CHECK(sum / 40 < 0.5);  // not 0: curves that are so slow go together by chance
}

TEST_CASE("no two clips of the sets that a demo is made of have the same cues") {
  std::set<double> seen;
  int clips = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed)
    for (const auto part : {corpus::set::training, corpus::set::validation, corpus::set::test})
      for (int number = 0; number < 100; ++number, ++clips)
        seen.insert(story(seed, part, number).strength(corpus::colour, 0));
  CHECK(int(seen.size()) == clips);
}

TEST_CASE("cues are smooth, and use most of the room between 0 and 1") {
  const double step = 0.05;
  double steepest = 0, least = 1, most = 0;
  for (int number = 0; number < 20; ++number) {
    const story story(3, corpus::set::training, number);
    for (int of = 0; of < corpus::cues; ++of)
      for (double t = 0; t < story.seconds(); t += step) {
        const double here = story.strength(corpus::cue(of), t);
        steepest = std::max(steepest, std::abs(story.strength(corpus::cue(of), t + step) - here) / step);
        least = std::min(least, here), most = std::max(most, here);
      }
  }
  CHECK(steepest < 1);  // of its whole range a second; found: 0.73
  CHECK(least > 0);
  CHECK(least < 0.05);
  CHECK(most > 0.95);
  CHECK(most < 1);
}

TEST_CASE("a third of the expressions is told by the picture, a third by the sound, a third by both") {
  int seen = 0, heard = 0, both = 0;
  for (const auto& evocation : corpus::evocations) {
    CHECK(evocation.delay > 0);
    seen += evocation.seen() && !evocation.heard();
    heard += evocation.heard() && !evocation.seen();
    both += evocation.heard() && evocation.seen();
  }
  CHECK(seen == 5);
  CHECK(heard == 5);
  CHECK(both == 5);
}

TEST_CASE("feelings follow what evokes them, each after its own delay") {
  // How well a feeling goes with its cues a number of sixths of a second before, over twenty clips.
  for (std::size_t e = 0; e < expressions.size(); ++e) {
    const auto& by = corpus::evocations[e];
    int best_lag = 0;
    double best = -1;
    for (int lag = 0; lag < 48; ++lag) {
      std::vector<double> evoked, felt;
      for (int number = 0; number < 20; ++number) {
        const story story(4, corpus::set::training, number);
        const table feelings = story.feelings();
        for (dim k = 60; k < feelings.rows(); ++k) {
          const double t = double(k - lag) / corpus::label_rate;
          evoked.push_back(story.strength(by.first, t) * story.strength(by.second, t));
          felt.push_back(feelings.tensor()(k, dim(e)));
        }
      }
      if (const double r = correlation(evoked, felt); r > best) best = r, best_lag = lag;
    }
    CAPTURE(expressions[e]);
    // Fading in, with a time constant of a second, adds most of a second to the delay.
    CHECK(double(best_lag) / corpus::label_rate >= by.delay);
    CHECK(double(best_lag) / corpus::label_rate <= by.delay + 1.2);
    CHECK(best > 0.95);
  }
}

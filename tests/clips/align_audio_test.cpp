#include <doctest/doctest.h>

#include <eev/clips/align_audio.hpp>

#include "close.hpp"

using namespace eev;
using namespace eev::test;

namespace {
const rational published_hop = rational(24) / 25;  // 0.96 s
}

TEST_CASE("with a hop of one over the rate, audio row k belongs to visual row k") {
  for (const rational rate : {rational(1), rational(6), rational(30000) / 1001})
    for (dim k = 0; k < 100; ++k) CHECK(clips::audio_row(k, rate, rational(1) / rate, 1000) == k);
}

TEST_CASE("with the published hop of 0.96 s, the audio row that begins nearest is taken") {
  CHECK(clips::audio_row(0, 1, published_hop, 1000) == 0);
  CHECK(clips::audio_row(11, 1, published_hop, 1000) == 11);    // 11.46 hops
  CHECK(clips::audio_row(12, 1, published_hop, 1000) == 13);    // 12.5 hops: halfway
  CHECK(clips::audio_row(350, 1, published_hop, 1000) == 365);  // 364.58 hops
}

TEST_CASE("past the end of the audio its last row stays") {
  CHECK(clips::audio_row(7, 1, 1, 5) == 4);
  const std::vector<float> audio{1, 2, 3, 4};
  std::vector<float> aligned(4 * 2);
  clips::align_audio(shaped(aligned, 4, 2), shaped(audio, 2, 2), 1, published_hop);
  CHECK(aligned == std::vector<float>{1, 2, 3, 4, 3, 4, 3, 4});
}

TEST_CASE("audio without rows, or at no rate, is refused") {
  std::vector<float> y(2), audio(1);
  CHECK_THROWS_WITH_AS(
      clips::align_audio(shaped(y, 2, 1), view<const float, 2>{nullptr, {0, 1}}, 1, 1),
      "align_audio: y [2, 1], audio [0, 1], rate 1.000000, hop 1.000000; expected audio [A, C] of at "
      "least one row, a positive rate and a positive hop",
      error);
  CHECK_THROWS_AS(clips::align_audio(shaped(y, 2, 1), shaped(audio, 1, 1), 0, 1), error);
  CHECK_THROWS_AS(clips::align_audio(shaped(y, 1, 2), shaped(audio, 1, 1), 1, 1), error);
}

#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <eev/cpu/log_mel.hpp>
#include <eev/features/sound_patches.hpp>
#include <eev/reference/log_mel.hpp>

#include "close.hpp"
#include "formula_sound.hpp"

using namespace eev;
using namespace eev::test;

namespace {

using patches_on_cpu = features::sound_patches<cpu::device>;
constexpr dim patch_size = 96 * 64;

/// What a row is: log-mel of 15,600 samples from `first` on, of which those from `end` on are silence.
std::vector<float> expected_row(const std::vector<float>& sound, dim first, dim end) {
  std::vector<float> segment(15600), y(patch_size);
  for (dim n = 0; n < 15600 && first + n < std::min(end, dim(sound.size())); ++n)
    segment[n] = sound[first + n];
  cpu::device device(1);
  log_mel(device, shaped(y, 96, 64), shaped(segment, 15600));
  return y;
}

/// All rows that are ready, one at a time.
std::vector<std::vector<float>> take_all(patches_on_cpu& patches) {
  cpu::device device(1);
  std::vector<std::vector<float>> rows;
  while (patches.ready() > 0) {
    rows.emplace_back(patch_size);
    patches.take(device, shaped(rows.back(), 1, 96, 64));
  }
  return rows;
}

/// All rows of a sound that comes in pieces of `piece` samples and ends after `samples`.
std::vector<std::vector<float>> rows_of(const std::vector<float>& sound, dim piece, dim samples, dim rows,
                                        patches_on_cpu patches) {
  std::vector<std::vector<float>> all;
  for (dim begin = 0; begin < dim(sound.size()); begin += piece) {
    const dim end = std::min(begin + piece, dim(sound.size()));
    patches.push(shaped(sound, sound.size()).slices(begin, end), std::min(end, samples));
    for (auto& row : take_all(patches)) all.push_back(std::move(row));
  }
  patches.finish(samples, rows);
  for (auto& row : take_all(patches)) all.push_back(std::move(row));
  return all;
}

}  // namespace

TEST_CASE("row k of sound begins at second k, however the samples come") {
  const auto sound = formula_sound(40000);  // 2.5 s
  for (dim piece : {1024, 16001, 40000, 37}) {
    const auto rows = rows_of(sound, piece, 40000, 3, patches_on_cpu(1));
    REQUIRE(rows.size() == 3);
    for (dim k = 0; k < 3; ++k) CHECK(rows[k] == expected_row(sound, 16000 * k, 40000));
  }
}

TEST_CASE("rows of another rate begin at the nearest sample, and may overlap") {
  const auto sound = formula_sound(30000);
  const rational rate = rational::reduced(30000, 7001);  // 3733.87 samples a row
  const auto rows = rows_of(sound, 500, 30000, 9, patches_on_cpu(rate));
  REQUIRE(rows.size() == 9);
  CHECK(rows[1] == expected_row(sound, 3734, 30000));
  CHECK(rows[4] == expected_row(sound, 14935, 30000));
}

TEST_CASE("rows 0.96 s apart begin at each 15,360th sample") {
  const auto sound = formula_sound(48000);
  const auto rows = rows_of(sound, 4000, 48000, 4, patches_on_cpu(features::vggish_rate));
  REQUIRE(rows.size() == 4);
  for (dim k = 0; k < 4; ++k) CHECK(rows[k] == expected_row(sound, 15360 * k, 48000));
}

TEST_CASE("rows of 94 frames hear 0.96 s and are filled with silence") {
  const auto sound = formula_sound(20000);
  const auto rows = rows_of(sound, 4000, 20000, 2, patches_on_cpu(1, 94));
  REQUIRE(rows.size() == 2);
  CHECK(rows[0] == expected_row(sound, 0, 15360));
  CHECK(rows[0] != expected_row(sound, 0, 15600));
}

TEST_CASE("sound is cut, or padded with silence, to the length of the video") {
  const auto sound = formula_sound(40000);
  const auto cut = rows_of(sound, 1000, 20000, 2, patches_on_cpu(1));
  REQUIRE(cut.size() == 2);
  CHECK(cut[1] == expected_row(sound, 16000, 20000));
  const auto padded = rows_of(sound, 1000, 80000, 5, patches_on_cpu(1));
  REQUIRE(padded.size() == 5);
  CHECK(padded[2] == expected_row(sound, 32000, 40000));
  CHECK(padded[4] == std::vector<float>(patch_size, padded[4][0]));
  const auto none = rows_of({}, 1000, 16000, 1, patches_on_cpu(1));
  REQUIRE(none.size() == 1);
  CHECK(none[0] == padded[4]);
}

TEST_CASE("a row waits for all of its samples, and for the certainty that they are not cut") {
  const auto sound = formula_sound(16000);
  const auto all = shaped(sound, 16000);
  patches_on_cpu patches(1);
  patches.push(all.slices(0, 15599), 100000);
  CHECK(patches.ready() == 0);
  patches.push(all.slices(15599, 15600), 100000);
  CHECK(patches.ready() == 1);

  patches_on_cpu uncertain(1);
  uncertain.push(all, 15599);
  CHECK(uncertain.ready() == 0);
  uncertain.push(all.slices(0, 0), 15600);
  CHECK(uncertain.ready() == 1);
}

TEST_CASE("several rows can be taken at once, on the reference too") {
  const auto sound = formula_sound(40000);
  features::sound_patches<reference::device<double>> patches(1);
  patches.push(shaped(sound, 40000), 40000);
  REQUIRE(patches.ready() == 2);
  reference::device<double> device;
  std::vector<double> y(2 * patch_size);
  patches.take(device, shaped(y, 2, 96, 64));
  CHECK(patches.ready() == 0);
  const std::vector<double> second(y.begin() + patch_size, y.end());
  CHECK(largest_difference(second, expected_row(sound, 16000, 40000)) < 1e-4);
}

TEST_CASE("sound patches refuse what cannot be") {
  CHECK_THROWS_AS(patches_on_cpu(0), error);
  CHECK_THROWS_AS(patches_on_cpu(-1), error);
  CHECK_THROWS_AS(patches_on_cpu(16001), error);
  CHECK_THROWS_WITH_AS(patches_on_cpu(1, 95), "sound: 95 frames a row; expected 96 or 94", error);

  const std::vector<float> sound(20000);
  std::vector<float> y(2 * patch_size);
  cpu::device device(1);
  patches_on_cpu patches(1);
  patches.push(shaped(sound, 20000), 20000);
  CHECK_THROWS_WITH_AS(patches.take(device, shaped(y, 2, 96, 64)),
                       "sound: patches [2, 96, 64]; expected [B, 96, 64], B at most 1", error);
  CHECK_THROWS_AS(patches.finish(19999, 2), error);  // it was promised to have 20,000
  CHECK_THROWS_AS(patches.finish(20000, 0), error);  // a row is out already
  patches.finish(20000, 2);
  CHECK_THROWS_WITH_AS(patches.push(shaped(sound, 20000), 20000), "sound: samples after the end", error);
}

TEST_CASE("a sample that is not a number is told by its place") {
  patches_on_cpu patches(1);
  std::vector<float> sound(700);
  patches.push(shaped(sound, 700), 700);
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    sound[40] = bad;
    CHECK_THROWS_WITH_AS(patches.push(shaped(sound, 700), 1400), "sound: sample 740 is not a finite number",
                         error);
  }
}

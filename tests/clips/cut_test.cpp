#include <numeric>

#include <doctest/doctest.h>

#include <eev/clips/cut.hpp>

#include "close.hpp"

using namespace eev;
using namespace eev::test;
using clips::batch;
using batches = std::vector<batch>;

TEST_CASE("a video is cut into minutes and the rest") {
  CHECK(clips::cut(0).empty());
  CHECK(clips::cut(1) == batches{{0, 1, 1}});
  CHECK(clips::cut(59) == batches{{0, 1, 59}});
  CHECK(clips::cut(60) == batches{{0, 1, 60}});
  CHECK(clips::cut(61) == batches{{0, 1, 60}, {60, 1, 1}});
  CHECK(clips::cut(200) == batches{{0, 3, 60}, {180, 1, 20}});
}

TEST_CASE("a long video's clips come in batches of bounded size") {
  CHECK(clips::cut(25, 5, 2) == batches{{0, 2, 5}, {10, 2, 5}, {20, 1, 5}});
  dim next = 0;
  for (const batch& part : clips::cut(1'000'003)) {
    CHECK(part.begin == next);
    CHECK(part.clips <= clips::batch_clips);
    CHECK(part.rows <= clips::clip_rows);
    next += part.clips * part.rows;
  }
  CHECK(next == 1'000'003);
}

TEST_CASE("the clips of a batch are rows of the video, where they are") {
  std::vector<int> rows(8 * 2);
  std::iota(rows.begin(), rows.end(), 0);
  const auto parts = clips::cut(8, 3);
  const auto whole = clips::clips_of(shaped(rows, 8, 2), parts[0]),
             rest = clips::clips_of(shaped(rows, 8, 2), parts[1]);
  CHECK(whole.shape == std::array<dim, 3>{2, 3, 2});
  CHECK(&whole(1, 2, 1) == &rows[11]);
  CHECK(rest.shape == std::array<dim, 3>{1, 2, 2});
  CHECK(&rest(0, 0, 0) == &rows[12]);
}

TEST_CASE("clips without rows are refused") {
  CHECK_THROWS_WITH_AS(clips::cut(10, 0),
                       "clips: 10 rows, 0 a clip, 64 clips a batch; expected positive numbers", error);
  CHECK_THROWS_AS(clips::cut(-1), error);
}

#include <doctest/doctest.h>

#include <eev/curve/interpolate.hpp>

#include "close.hpp"

using namespace eev;
using namespace eev::test;

namespace {

/// One column.
std::vector<float> interpolated(const std::vector<float>& x, dim rows, rational rate,
                                rational input_rate = 1) {
  std::vector<float> y(rows);
  curve::interpolate(shaped(y, rows, 1), shaped(x, dim(x.size()), 1), rate, input_rate);
  return y;
}

}  // namespace

TEST_CASE("from 1 Hz to 6 Hz it is the authors' formula, and the last value is held") {
  const auto x = random_values(7, 1);
  const auto y = interpolated(x, 42, 6);
  for (dim s = 0; s < 7; ++s) {
    CHECK(y[6 * s] == x[s]);
    for (dim j = 1; j < 6; ++j) {
      const double next = x[std::min<dim>(s + 1, 6)], part = double(j) / 6;
      CHECK(std::abs(y[6 * s + j] - ((1 - part) * x[s] + part * next)) < 1e-7);
    }
  }
}

TEST_CASE("a row that falls on a row of the input is that row, also after a million") {
  const std::vector<float> x(1'000'001, 0.1f);
  auto last = x;
  last.back() = 0.7f;
  const rational rate = rational(30000) / 1001, input_rate = rational(10000) / 1001;
  CHECK(interpolated(last, 3'000'003, rate, input_rate)[3'000'000] == 0.7f);
  CHECK(interpolated(x, 3'000'003, rate, input_rate) == std::vector<float>(3'000'003, 0.1f));
}

TEST_CASE("to a lower rate, and to the same, it reads between the rows") {
  const std::vector<float> x{0, 2, 4, 6};
  CHECK(interpolated(x, 4, 1) == x);
  CHECK(interpolated(x, 3, rational(1) / 2) == std::vector<float>{0, 4, 6});
  CHECK(interpolated(x, 5, 4, 6) == std::vector<float>{0, 3, 6, 6, 6});
}

TEST_CASE("each expression has its own curve") {
  const std::vector<float> x{0, 10, 2, 30};
  std::vector<float> y(4 * 2);
  curve::interpolate(shaped(y, 4, 2), shaped(x, 2, 2), 2);
  CHECK(y == std::vector<float>{0, 10, 1, 20, 2, 30, 2, 30});
}

TEST_CASE("a curve has a row at every instant before the end") {
  CHECK(curve::rows_within(0, 6) == 0);
  CHECK(curve::rows_within(1, 6) == 6);
  CHECK(curve::rows_within(rational(1001) / 1000, 6) == 7);
  CHECK(curve::rows_within(rational(1) / 1000, 1) == 1);
  CHECK(curve::rows_within(rational(1001) / 30, rational(30000) / 1001) == 1000);
}

TEST_CASE("nothing is interpolated from nothing, or at no rate") {
  CHECK_THROWS_WITH_AS(
      interpolated({}, 6, 6),
      "interpolate: y [6, 1], x [0, 1], from rate 1.000000 to 6.000000; expected x [T, E] of at least "
      "one row, y [K, E] and positive rates",
      error);
  CHECK_THROWS_AS(interpolated({1}, 6, 0), error);
  CHECK(interpolated({}, 0, 6).empty());
}

#include <doctest/doctest.h>

#include <eev/curve/score.hpp>

#include "close.hpp"

using namespace eev;
using namespace eev::curve;
using namespace eev::test;

namespace {

constexpr dim E = dim(expressions.size());

/// n rows at a rate, in microseconds as EEV has them.
std::vector<std::int64_t> times(dim rows, dim rate = 6) {
  std::vector<std::int64_t> microseconds;
  for (dim k = 0; k < rows; ++k) microseconds.push_back(k * 1'000'000 / rate);
  return microseconds;
}

struct rows_of {
  std::vector<std::int64_t> microseconds;
  std::vector<float> values;
  view<const float, 2> tensor() const { return shaped(values, dim(microseconds.size()), E); }
};

rows_of random_rows(dim rows, unsigned seed, dim rate = 6) {
  return {times(rows, rate), random_values(rows * E, seed)};
}

double mean_pearson(const rows_of& x, const rows_of& y) {
  std::vector<double> r(E);
  pearson(shaped(r, E), x.tensor(), y.tensor());
  double sum = 0;
  for (double value : r) sum += value;
  return sum / E;
}

void add_labels(scorer& scorer, const std::string& id, const rows_of& rows) {
  scorer.add_labels(id, rows.microseconds, rows.tensor());
}
void add_predictions(scorer& scorer, const std::string& id, const rows_of& rows) {
  scorer.add_predictions(id, rows.microseconds, rows.tensor());
}

}  // namespace

TEST_CASE("the score is the mean over expressions, then over videos, whatever their length and order") {
  const auto a = random_rows(700, 1), b = random_rows(33, 2), pa = random_rows(700, 3),
             pb = random_rows(33, 4);
  scorer forward, backward;
  for (auto* scorer : {&forward, &backward}) add_labels(*scorer, "a", a), add_labels(*scorer, "b", b);
  add_predictions(forward, "a", pa), add_predictions(forward, "b", pb);
  add_predictions(backward, "b", pb), add_predictions(backward, "a", pa);
  const score result = forward.result();
  CHECK(result.mean == doctest::Approx((mean_pearson(a, pa) + mean_pearson(b, pb)) / 2).epsilon(1e-12));
  CHECK(result.videos == 2);
  CHECK(result.gaps.empty());
  CHECK(result.extra_predictions == 0);
  double by_expression = 0;
  for (double r : result.by_expression) by_expression += r / E;
  CHECK(by_expression == doctest::Approx(result.mean).epsilon(1e-12));
  CHECK(backward.result().mean == result.mean);
}

TEST_CASE("each expression has its own score") {
  auto labels = random_rows(50, 1);
  auto predictions = labels;
  for (dim t = 0; t < 50; ++t) predictions.values[t * E + 3] *= -1;
  scorer scorer;
  add_labels(scorer, "a", labels), add_predictions(scorer, "a", predictions);
  const score result = scorer.result();
  for (dim e = 0; e < E; ++e)
    CHECK(result.by_expression[e] == doctest::Approx(e == 3 ? -1 : 1).epsilon(1e-12));
  CHECK(result.mean == doctest::Approx(13.0 / 15).epsilon(1e-12));
}

TEST_CASE("a constant curve scores zero, minus one or nothing, and zero rows are rows") {
  auto labels = random_rows(50, 1);
  const auto predictions = labels;
  for (dim t = 0; t < 50; ++t) labels.values[t * E + 3] = 0.1f;
  const std::vector<std::pair<constant_curve, double>> expected{
      {constant_curve::zero, 14.0 / 15}, {constant_curve::minus_one, 13.0 / 15}, {constant_curve::skip, 1}};
  for (const auto& [constant, mean] : expected) {
    scorer scorer({.constant = constant});
    add_labels(scorer, "a", labels), add_predictions(scorer, "a", predictions);
    const score result = scorer.result();
    CHECK(result.mean == doctest::Approx(mean).epsilon(1e-12));
    CHECK(std::isnan(result.by_expression[3]) == (constant == constant_curve::skip));
  }
  // Half of the rows zero on either side: that these agree counts.
  rows_of half = predictions, other = random_rows(50, 9);
  for (dim i = 0; i < 25 * E; ++i) half.values[i] = other.values[i] = 0;
  for (dim i = 25 * E; i < 50 * E; ++i) half.values[i] += 5, other.values[i] += 5;
  scorer scorer;
  add_labels(scorer, "a", half), add_predictions(scorer, "a", other);
  CHECK(scorer.result().mean > 0.9);
}

TEST_CASE("the authors' epsilon makes curves that hardly vary score little") {
  auto labels = random_rows(50, 1), predictions = labels;
  for (float& value : predictions.values) value *= 1e-7f;
  scorer plain, theirs({.epsilon = 1e-6});
  for (auto* scorer : {&plain, &theirs}) {
    add_labels(*scorer, "a", labels), add_predictions(*scorer, "a", predictions);
  }
  CHECK(plain.result().mean == doctest::Approx(1).epsilon(1e-9));
  CHECK(theirs.result().mean > 0.5);
  CHECK(theirs.result().mean < 0.8);
}

TEST_CASE("what has no prediction is named, and the rest is scored") {
  const auto labels = random_rows(60, 1), predictions = random_rows(60, 2);
  scorer scorer;
  for (const char* id : {"gone", "cut", "whole", "elsewhere"}) add_labels(scorer, id, labels);
  scorer.add_predictions("cut", times(40), predictions.tensor().slices(0, 40));
  add_predictions(scorer, "whole", predictions);
  scorer.add_predictions("elsewhere", std::vector<std::int64_t>{600'000'000},
                         predictions.tensor().slices(0, 1));
  add_predictions(scorer, "unknown", predictions);
  const score result = scorer.result();
  REQUIRE(result.gaps.size() == 3);
  const std::vector<std::tuple<std::string, dim, dim>> expected{
      {"gone", 60, 60}, {"cut", 20, 60}, {"elsewhere", 60, 60}};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto& gap = result.gaps[i];
    CHECK(std::tuple(gap.id, gap.missing, gap.rows) == expected[i]);
  }
  CHECK(result.extra_predictions == 61);
  CHECK(result.in_no_video == 60);
  CHECK(result.videos == 2);
  rows_of cut = labels, cut_predictions = predictions;
  for (auto* rows : {&cut, &cut_predictions}) rows->microseconds.resize(40), rows->values.resize(40 * E);
  const double mean = (mean_pearson(cut, cut_predictions) + mean_pearson(labels, predictions)) / 2;
  CHECK(result.mean == doctest::Approx(mean).epsilon(1e-12));
}

TEST_CASE("nothing predicted is no score") {
  scorer scorer;
  add_labels(scorer, "a", random_rows(60, 1));
  CHECK(std::isnan(scorer.result().mean));
  CHECK(scorer.result().videos == 0);
}

TEST_CASE("rows are joined on the nearest sixth of a second, also at other rates") {
  const auto labels = random_rows(60, 1);
  // A whole number of sixths, give or take what any rounding does to them.
  for (std::int64_t shift : {-1, 0, 1, 80'000}) {
    auto shifted = labels;
    for (std::int64_t& time : shifted.microseconds) time = std::max<std::int64_t>(0, time + shift);
    scorer scorer;
    add_labels(scorer, "a", labels), add_predictions(scorer, "a", shifted);
    CHECK(scorer.result().mean == doctest::Approx(1).epsilon(1e-12));
    CHECK(scorer.result().gaps.empty());
  }
  // 1 Hz: one row in six has a prediction.
  scorer slow;
  add_labels(slow, "a", labels), add_predictions(slow, "a", random_rows(10, 2, 1));
  CHECK(slow.result().gaps.at(0).missing == 50);
  // 30 Hz: one row in five is nearest.
  auto fast = random_rows(300, 3, 30);
  for (dim k = 0; k < 300; k += 5) std::copy_n(&labels.values[k / 5 * E], E, &fast.values[k * E]);
  scorer scorer;
  add_labels(scorer, "a", labels), add_predictions(scorer, "a", fast);
  CHECK(scorer.result().mean == doctest::Approx(1).epsilon(1e-12));
  CHECK(scorer.result().extra_predictions == 240);
}

TEST_CASE("labels of any rate and with gaps are scored on the rows that are there") {
  const auto predictions = random_rows(60, 1);
  const auto kept = [&](auto wanted) {
    rows_of rows;
    for (dim k = 0; k < 60; ++k) {
      if (!wanted(k)) continue;
      rows.microseconds.push_back(predictions.microseconds[k]);
      rows.values.insert(rows.values.end(), &predictions.values[k * E], &predictions.values[k * E] + E);
    }
    return rows;
  };
  for (const auto& labels :
       {kept([](dim k) { return k < 20 || k > 40; }), kept([](dim k) { return k % 6 == 0; })}) {
    scorer scorer;
    add_labels(scorer, "a", labels), add_predictions(scorer, "a", predictions);
    CHECK(scorer.result().mean == doctest::Approx(1).epsilon(1e-12));
    CHECK(scorer.result().gaps.empty());
    CHECK(scorer.result().extra_predictions == 60 - dim(labels.microseconds.size()));
  }
  // 30 Hz: the prediction at a sixth of a second is that of all label rows there.
  rows_of fast{times(298, 30), {}};
  for (dim k = 0; k < 298; ++k) {
    const auto* row = &predictions.values[(k + 2) / 5 * E];
    fast.values.insert(fast.values.end(), row, row + E);
  }
  scorer scorer;
  add_labels(scorer, "a", fast), add_predictions(scorer, "a", predictions);
  CHECK(scorer.result().mean == doctest::Approx(1).epsilon(1e-12));
  CHECK(scorer.result().gaps.empty());
  CHECK(scorer.result().extra_predictions == 0);
}

TEST_CASE("what cannot be joined or scored is refused by name") {
  const auto rows = random_rows(7, 1);
  scorer scorer;
  add_labels(scorer, "a", rows), add_predictions(scorer, "a", rows);
  CHECK_THROWS_WITH_AS(add_labels(scorer, "a", rows), "score: labels of video a twice", error);
  CHECK_THROWS_WITH_AS(add_predictions(scorer, "a", rows), "score: predictions of video a twice", error);
  CHECK_THROWS_WITH_AS(
      scorer.add_labels("b", times(6), rows.tensor()),
      "score: labels of video b [7, 15] at 6 times; expected as many rows as times, and 15 columns", error);
  add_predictions(scorer, "b", rows);  // labels that were refused are not there
  CHECK(scorer.result().extra_predictions == 7);
  auto bad = rows;
  bad.microseconds[3] = bad.microseconds[2];
  CHECK_THROWS_WITH_AS(
      add_predictions(scorer, "a", bad),
      "score: predictions of video a, row 3 is at 333333 us; expected a later time than in the row before",
      error);
  bad = rows, bad.values[2 * E + 1] = NAN;
  CHECK_THROWS_WITH_AS(add_labels(scorer, "c", bad),
                       "score: labels of video c, row 2: anger is nan; expected a finite number", error);
  bad = rows, bad.microseconds.back() = std::numeric_limits<std::int64_t>::max();
  CHECK_THROWS_AS(add_labels(scorer, "d", bad), error);
  bad = rows, bad.microseconds.front() = -1;
  CHECK_THROWS_AS(add_labels(scorer, "e", bad), error);
}

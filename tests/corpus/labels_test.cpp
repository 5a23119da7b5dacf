#include "corpus/labels.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "correlation.hpp"

using namespace eev;
using test::correlation;

namespace {

bool is_zero(view<const float, 1> row) {
  return std::ranges::all_of(row, [](float label) { return label == 0; });
}

/// Forty clips, and what is wrong with the labels of each expression in rows that are not zero.
struct faults {
  dim rows = 0, zero_rows = 0, runs = 0;
  std::vector<double> wrong, wrong_before;  // in neighbouring rows
  double noise_ratio = 0, ceiling = 0;      // means over clips and expressions
};

double deviation(const std::vector<double>& x) {
  double sum = 0, squares = 0;
  for (const double value : x) sum += value, squares += value * value;
  return std::sqrt(squares / double(x.size()) - sum / double(x.size()) * (sum / double(x.size())));
}

const faults& found() {
  static const faults all = [] {
    faults all;
    constexpr int clips = 40;
    for (int number = 0; number < clips; ++number) {
      const corpus::story story(5, corpus::set::training, number);
      const table feelings = story.feelings(), labels = corpus::faulty_labels(story);
      REQUIRE(labels.rows() == 6 * story.seconds());
      all.rows += labels.rows();
      for (dim k = 0; k < labels.rows(); ++k) {
        const bool zero = is_zero(labels.tensor()[k]);
        all.zero_rows += zero;
        all.runs += zero && (k == 0 || !is_zero(labels.tensor()[k - 1]));
      }
      for (dim e = 0; e < labels.columns(); ++e) {
        std::vector<double> felt, labelled, difference;
        for (dim k = 0; k < labels.rows(); ++k) {
          felt.push_back(feelings.tensor()(k, e)), labelled.push_back(labels.tensor()(k, e));
          if (is_zero(labels.tensor()[k])) continue;
          difference.push_back(labelled.back() - felt.back());
          if (k == 0 || is_zero(labels.tensor()[k - 1])) continue;
          all.wrong.push_back(difference.back());
          all.wrong_before.push_back(labels.tensor()(k - 1, e) - feelings.tensor()(k - 1, e));
        }
        all.noise_ratio += deviation(difference) / deviation(felt) / (clips * 15);
        all.ceiling += correlation(labelled, felt) / (clips * 15);
      }
    }
    return all;
  }();
  return all;
}

}  // namespace

TEST_CASE("at least a fifth of the label rows is zero, in sudden runs of some seconds") {
  const double share = double(found().zero_rows) / double(found().rows);
  MESSAGE("zero rows: ", share);
  CHECK(share >= 0.2);
  CHECK(share < 0.35);
  const double length = double(found().zero_rows) / double(found().runs) / corpus::label_rate;
  CHECK(length > 2);
  CHECK(length < 6);
}

TEST_CASE("the labels' noise is at least 0.3 of the signal's deviation, and of high frequency") {
  MESSAGE("noise: ", found().noise_ratio, " of the signal's deviation");
  CHECK(found().noise_ratio >= 0.3);
  CHECK(found().noise_ratio < 0.5);
  CHECK(std::abs(correlation(found().wrong, found().wrong_before)) < 0.1);  // of neighbouring rows
}

TEST_CASE("the feelings themselves would score far below 1 against the labels") {
  MESSAGE("the feelings' score: ", found().ceiling);
  CHECK(found().ceiling > 0.6);
  CHECK(found().ceiling < 0.75);
}

TEST_CASE("labels are between 0 and 1") {
  for (int number = 0; number < 5; ++number) {
    const table labels = corpus::faulty_labels({6, corpus::set::test, number});
    CHECK(std::ranges::all_of(labels.tensor(), [](float label) { return label >= 0 && label <= 1; }));
  }
}

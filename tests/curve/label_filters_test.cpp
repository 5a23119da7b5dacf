#include <doctest/doctest.h>

#include <eev/curve/label_filters.hpp>
#include <eev/curve/score.hpp>

#include "close.hpp"
#include "golden.hpp"

using namespace eev;
using namespace eev::curve;
using namespace eev::test;

namespace {

/// [T, E] as tools/golden/label_filters.py has them.
std::vector<double> noisy_labels(dim rows, dim columns = 2) {
  std::vector<double> values;
  for (dim t = 0; t < rows; ++t)
    for (dim e = 0; e < columns; ++e)
      values.push_back(t / 5 % 3 == 2 - e ? 0.0 : double((t * t * 7 + t * (13 + 5 * e) + 11) % 61) / 61);
  return values;
}

std::vector<double> filtered(label_filter filter, std::vector<double> values, dim columns = 2) {
  CHECK(filter_labels(filter, shaped(values, dim(values.size()) / columns, columns)));
  return values;
}

}  // namespace

// Measured: 5e-16 at the most.
TEST_CASE("the filters are SciPy's to 1e-14, from the shortest labels on") {
  const golden expected("label_filters");
  double worst = 0;
  for (dim rows : {10, 11, 60, 257}) {
    const auto values = noisy_labels(rows);
    auto both_ways = expected["filtfilt." + std::to_string(rows)].values;
    if (rows == 257) CHECK(std::ranges::min(both_ways) < 0);  // or the next line had nothing to do
    for (double& value : both_ways) value = std::max(value, 0.0);
    worst = worse(worst, largest_difference(filtered(label_filter::butterworth, values), both_ways));
    worst = worse(worst, largest_difference(filtered(label_filter::median, values),
                                            expected["median." + std::to_string(rows)].values));
    worst = worse(worst, largest_difference(filtered(label_filter::gaussian, values),
                                            expected["gaussian." + std::to_string(rows)].values));
  }
  CHECK(worst < 1e-14);
}

TEST_CASE("median and Gaussian are SciPy's also for curves shorter than their windows") {
  const golden expected("label_filters");
  double worst = 0;
  for (dim rows : {1, 2, 3, 9}) {
    auto median = noisy_labels(rows, 1), smooth = median;
    median_of_three(median);
    gaussian(smooth, 0.8);
    auto first_column = [&](const std::string& name) {
      const auto both = expected[name + std::to_string(rows)].values;
      std::vector<double> column;
      for (dim t = 0; t < rows; ++t) column.push_back(both[2 * t]);
      return column;
    };
    worst = worse(worst, largest_difference(median, first_column("median.")));
    worst = worse(worst, largest_difference(smooth, first_column("gaussian.")));
  }
  CHECK(worst < 1e-14);
}

TEST_CASE("fewer than ten rows stay as they are, and the caller is told") {
  for (label_filter filter : {label_filter::butterworth, label_filter::median, label_filter::gaussian})
    for (dim rows : {0, 1, 9, 10}) {
      auto values = noisy_labels(rows);
      CHECK(filter_labels(filter, shaped(values, rows, 2)) == (rows == 10));
      CHECK((values == noisy_labels(rows)) == (rows < 10));
    }
}

TEST_CASE("no filter changes nothing, and floats are filtered as doubles are") {
  auto values = noisy_labels(60);
  CHECK(filtered(label_filter::none, values) == values);
  std::vector<float> floats(values.begin(), values.end());
  filter_labels(label_filter::butterworth, shaped(floats, 60, 2));
  CHECK(largest_difference(floats, filtered(label_filter::butterworth, values)) < 1e-7);
}

TEST_CASE("a width that is none is refused") {
  std::vector<double> curve(12);
  for (double sigma : {0.0, -1.0, double(NAN), double(INFINITY)})
    CHECK_THROWS_AS(gaussian(curve, sigma), error);
}

TEST_CASE("the score of smoothed labels against the originals tells the filters apart (Table 2, column 2)") {
  const dim rows = 120, E = dim(expressions.size());
  const auto original = noisy_labels(rows, E);
  const std::vector<float> labels(original.begin(), original.end());
  std::vector<std::int64_t> times;
  for (dim t = 0; t < rows; ++t) times.push_back(1'000'000 * t);
  auto correlation = [&](label_filter filter) {
    auto smoothed = labels;
    filter_labels(filter, shaped(smoothed, rows, E));
    scorer table_2({.constant = constant_curve::skip});
    table_2.add_labels("clip", times, shaped(labels, rows, E));
    table_2.add_predictions("clip", times, shaped(smoothed, rows, E));
    return table_2.result().mean;
  };
  CHECK(correlation(label_filter::none) == doctest::Approx(1).epsilon(1e-12));
  // The stronger the filter, the less is left.
  CHECK(correlation(label_filter::gaussian) < 0.95);
  CHECK(correlation(label_filter::butterworth) < correlation(label_filter::gaussian));
  CHECK(correlation(label_filter::butterworth) > 0.3);
}

TEST_CASE("filters go by their names") {
  for (std::size_t i = 0; i < label_filter_names.size(); ++i)
    CHECK(find_label_filter(label_filter_names[i]) == label_filter(i));
  CHECK_THROWS_WITH_AS(find_label_filter("mean"),
                       "no label filter 'mean'; there are none, butterworth, median, gaussian", error);
}

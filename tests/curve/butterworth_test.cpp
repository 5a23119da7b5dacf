#include <doctest/doctest.h>

#include <eev/curve/butterworth.hpp>

#include "close.hpp"
#include "golden.hpp"

using namespace eev;
using namespace eev::curve;
using namespace eev::test;

TEST_CASE("the Butterworth coefficients are SciPy's at every cutoff") {
  const auto expected = golden("label_filters")["butter"];
  std::vector<double> found;
  for (double cutoff : {0.05, 0.2, 0.5, 0.9})
    for (auto part : {butterworth(cutoff).b, butterworth(cutoff).a})
      found.insert(found.end(), part.begin(), part.end());
  CHECK(largest_difference(found, expected.values) < 1e-15);
}

// That filtering both ways is SciPy's is tested where it is used: label_filters_test.cpp.
TEST_CASE("a filter both ways keeps lines where they are") {
  std::vector<double> line(40);
  for (dim t = 0; t < 40; ++t) line[t] = 3 + 0.25 * double(t);
  auto found = line;
  filter_both_ways(butterworth(0.2), found);
  // From rest, the filter lags behind a slope at either end: what is left of that in the middle.
  CHECK(std::abs(found[20] - line[20]) < 1e-3);
  std::vector<double> constant(13, 0.7);
  filter_both_ways(butterworth(0.2), constant);
  CHECK(largest_difference(constant, std::vector<double>(13, 0.7)) < 1e-15);
}

TEST_CASE("a cutoff that is none, and a curve shorter than its padding, are refused") {
  for (double cutoff : {0.0, 1.0, -0.2, double(NAN)}) CHECK_THROWS_AS(butterworth(cutoff), error);
  std::vector<double> nine(9), ten(10);
  CHECK_THROWS_WITH_AS(filter_both_ways(butterworth(0.2), nine),
                       "filter_both_ways: 9 samples; expected more than 9", error);
  CHECK_NOTHROW(filter_both_ways(butterworth(0.2), ten));
}

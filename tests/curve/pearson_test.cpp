#include <doctest/doctest.h>

#include <eev/curve/pearson.hpp>

#include "close.hpp"

using namespace eev;
using namespace eev::test;

namespace {

/// Of one pair of curves.
template <class T>
double pearson_of(const std::vector<T>& x, const std::vector<T>& y, double epsilon = 0) {
  std::vector<double> r(1);
  curve::pearson(shaped(r, 1), shaped(x, dim(x.size()), 1), shaped(y, dim(y.size()), 1), epsilon);
  return r[0];
}

/// By the definition, in long double.
double defined(const std::vector<float>& x, const std::vector<float>& y, double epsilon = 0) {
  const long double n = x.size();
  long double mean_x = 0, mean_y = 0, xx = 0, yy = 0, xy = 0;
  for (std::size_t t = 0; t < x.size(); ++t) mean_x += x[t] / n, mean_y += y[t] / n;
  for (std::size_t t = 0; t < x.size(); ++t) {
    xx += (x[t] - mean_x) * (x[t] - mean_x);
    yy += (y[t] - mean_y) * (y[t] - mean_y);
    xy += (x[t] - mean_x) * (y[t] - mean_y);
  }
  return double(xy / (std::sqrt(xx * yy) + epsilon));
}

}  // namespace

TEST_CASE("it is the formula, for every pair of columns") {
  const dim T = 1009, E = 5;
  const auto x = random_values(T * E, 1), noise = random_values(T * E, 2);
  std::vector<float> y(x.size());
  for (dim i = 0; i < T * E; ++i) y[i] = noise[i] + 0.3f * float(i % E) * x[i];
  std::vector<double> r(E), expected;
  curve::pearson(shaped(r, E), shaped(x, T, E), shaped(y, T, E));
  for (dim e = 0; e < E; ++e) {
    std::vector<float> column_x, column_y;
    for (dim t = 0; t < T; ++t) column_x.push_back(x[t * E + e]), column_y.push_back(y[t * E + e]);
    expected.push_back(defined(column_x, column_y));
  }
  CHECK(largest_difference(r, expected) < 1e-14);
}

TEST_CASE("a line goes with any other, or against it, however far from zero and however flat") {
  for (double offset : {0.0, 1.0, 1e8})
    for (double slope : {1e-100, 1.0, 1e100}) {
      std::vector<double> x, up, down;
      for (int t = 0; t < 101; ++t)
        x.push_back(offset + t), up.push_back(slope * t), down.push_back(-slope * t);
      CHECK(pearson_of(x, up) == doctest::Approx(1).epsilon(1e-14));
      CHECK(pearson_of(x, down) == doctest::Approx(-1).epsilon(1e-14));
    }
}

TEST_CASE("a constant curve has no correlation, whatever its value") {
  const auto x = random_values(997, 3);
  for (float value : {0.0f, 0.1f, 1.0f / 3, 1e30f}) {
    const std::vector<float> constant(997, value);
    CHECK(std::isnan(pearson_of(x, constant)));
    CHECK(std::isnan(pearson_of(constant, x)));
    CHECK(std::isnan(pearson_of(constant, constant)));
  }
  CHECK(std::isnan(pearson_of<float>({0.5f}, {0.7f})));
  CHECK(std::isnan(pearson_of<float>({}, {})));
}

TEST_CASE("the least change there is makes a curve that is not constant") {
  std::vector<float> x(997, 0.1f);
  x[500] = std::nextafter(0.1f, 1.0f);
  std::vector<float> y(997, 0.5f);
  y[500] = 0.6f;
  CHECK(pearson_of(x, y) == doctest::Approx(1).epsilon(1e-9));
}

TEST_CASE("an epsilon in the denominator is the authors' score") {
  const auto x = random_values(30, 4), y = random_values(30, 5);
  std::vector<float> small(30);
  for (dim t = 0; t < 30; ++t) small[t] = 1e-5f * y[t];
  CHECK(pearson_of(x, small, 1e-6) == doctest::Approx(defined(x, small, 1e-6)).epsilon(1e-12));
  CHECK(std::abs(pearson_of(x, small, 1e-6)) < 0.995 * std::abs(pearson_of(x, small)));
}

TEST_CASE("not-a-number anywhere in a curve is not-a-number") {
  auto x = random_values(30, 6), y = random_values(30, 7);
  y[11] = NAN;
  CHECK(std::isnan(pearson_of(x, y)));
}

TEST_CASE("curves of different shapes are refused") {
  CHECK_THROWS_WITH_AS(pearson_of<float>({1, 2}, {1, 2, 3}),
                       "pearson: r [1], x [2, 1], y [3, 1]; expected r [E], x and y [T, E]", error);
}

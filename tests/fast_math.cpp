// In:  headers compiled with -ffast-math, as programs that use eev may be.  Out: what must hold under it.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <eev/core/finite.hpp>
#include <eev/cpu/math.hpp>
#include <eev/curve/score.hpp>

using namespace eev;

TEST_CASE("what is no number is told from numbers") {
  volatile double zero = 0;  // nothing is to be known before the program runs
  CHECK(is_nan(zero / zero));
  CHECK(!is_nan(1 / zero));
  CHECK(!is_finite(1 / zero));
  CHECK(!is_finite(float(zero / zero)));
  CHECK(is_finite(std::numeric_limits<float>::max()));
  CHECK((is_finite(zero) && !is_nan(zero)));
}

TEST_CASE("the exponential is as fine as the two parts of ln 2 taken for one leave it") {
  for (float x = -80; x < 80; x += 0.37f) {
    CAPTURE(x);
    CHECK(std::abs(cpu::fast_exp(x) / std::exp(double(x)) - 1) < 127 * 3e-8);  // times its rounding
  }
  CHECK(std::abs(cpu::sigmoid(0.3f) - 1 / (1 + std::exp(-0.3))) < 1e-6);
}

TEST_CASE("a constant curve scores what the rules say, and spoils no mean") {
  const dim rows = 12, E = dim(expressions.size());
  std::vector<std::int64_t> times;
  for (dim k = 0; k < rows; ++k) times.push_back(k * 1'000'000 / 6);
  table labels(E, rows), predictions(E, rows);
  for (dim k = 0; k < rows; ++k)
    for (dim e = 0; e < E; ++e) {
      labels.tensor()(k, e) = float(k * k) / 200;
      predictions.tensor()(k, e) = e == 0 ? 0.5f : labels.tensor()(k, e);
    }
  for (const auto& [constant, expected] : {std::pair(curve::constant_curve::skip, 1.0),
                                           {curve::constant_curve::zero, 14.0 / 15},
                                           {curve::constant_curve::minus_one, 13.0 / 15}}) {
    curve::scorer scorer({.constant = constant});
    scorer.add_labels("a", times, labels.tensor());
    scorer.add_predictions("a", times, predictions.tensor());
    CHECK(std::abs(scorer.result().mean - expected) < 1e-6);
  }
}

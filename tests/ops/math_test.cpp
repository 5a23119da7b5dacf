#include <cmath>

#include <doctest/doctest.h>

#include <eev/cpu/math.hpp>

#include "close.hpp"

using namespace eev;
using namespace eev::test;

namespace {

/// The largest |fast - exact| / |exact| over a million and one points from `low` to `high`.
template <class Fast, class Exact>
double relative_error(double low, double high, Fast fast, Exact exact) {
  constexpr int points = 1'000'000;
  std::vector<float> x(points + 1), y(points + 1);
  for (int i = 0; i <= points; ++i) x[i] = float(low + (high - low) * i / points);
#pragma omp simd
  for (int i = 0; i <= points; ++i) y[i] = fast(x[i]);
  double largest = 0;
  for (int i = 0; i <= points; ++i) {
    const double expected = exact(double(x[i]));
    largest = worse(largest, std::abs(y[i] - expected) / (expected == 0 ? 1 : std::abs(expected)));
  }
  return largest;
}

constexpr auto fast_exp = [](float x) { return cpu::fast_exp(x); };
constexpr auto fast_log = [](float x) { return cpu::fast_log(x); };
constexpr auto fast_sqrt = [](float x) { return cpu::fast_sqrt(x); };
constexpr auto fast_sigmoid = [](float x) { return cpu::sigmoid(x); };
constexpr auto fast_tanh = [](float x) { return cpu::tanh(x); };
constexpr auto exact_exp = [](double x) { return std::exp(x); };
constexpr auto exact_log = [](double x) { return std::log(x); };
constexpr auto exact_sqrt = [](double x) { return std::sqrt(x); };
constexpr auto exact_sigmoid = [](double x) { return 1 / (1 + std::exp(-x)); };
constexpr auto exact_tanh = [](double x) { return std::tanh(x); };

}  // namespace

TEST_CASE("exp of the cpu is exact to the last bits") {
  CHECK(relative_error(-87.3, 88.3, fast_exp, exact_exp) < 2e-7);  // measured: 8.8e-8
  CHECK(relative_error(-1, 1, fast_exp, exact_exp) < 2e-7);
  CHECK(cpu::fast_exp(0) == 1);
}
TEST_CASE("log of the cpu is exact to the last bits") {
  CHECK(relative_error(0.01, 100, fast_log, exact_log) < 3e-7);   // measured: 1.7e-7
  CHECK(relative_error(0.99, 1.01, fast_log, exact_log) < 3e-7);  // where the logarithm itself is near 0
  CHECK(relative_error(1.2e-38, 1e-30, fast_log, exact_log) < 3e-7);
  CHECK(cpu::fast_log(1) == 0);
}
TEST_CASE("square root of the cpu is exact to the last bits") {
  CHECK(relative_error(0, 100, fast_sqrt, exact_sqrt) < 3e-7);
  CHECK(relative_error(1e-37, 1e-30, fast_sqrt, exact_sqrt) < 3e-7);
  CHECK(relative_error(1e30, 1e38, fast_sqrt, exact_sqrt) < 3e-7);
  CHECK(cpu::fast_sqrt(0) == 0);
}
TEST_CASE("sigmoid and tanh of the cpu are exact to the last bits") {
  CHECK(relative_error(-87, 87, fast_sigmoid, exact_sigmoid) < 4e-7);  // measured: 1.4e-7
  CHECK(relative_error(-20, 20, fast_tanh, exact_tanh) < 4e-7);        // measured: 1.7e-7
  CHECK(relative_error(-1e-3, 1e-3, fast_tanh, exact_tanh) < 4e-7);
}
TEST_CASE("GELU of the cpu is exact to the last bits of its input") {
  double largest = 0;
  for (float x = -12; x < 12; x += 1e-4f) {
    const double exact = double(x) * std::erfc(-double(x) / std::sqrt(2.0)) / 2;
    largest = worse(largest, std::abs(double(cpu::gelu(x)) - exact) / std::max(1.0, std::abs(double(x))));
  }
  CHECK(largest < 2e-7);  // measured: 1.6e-7
  CHECK(cpu::gelu(0) == 0);
}

TEST_CASE("far out the functions of the cpu stay at their limits") {
  for (float far : {100.0f, 1e10f, std::numeric_limits<float>::infinity()}) {
    CHECK(cpu::fast_exp(far) > 2e38f);
    CHECK(cpu::fast_exp(-far) < 2e-38f);
    CHECK(cpu::sigmoid(far) == 1);
    CHECK(cpu::sigmoid(-far) < 1e-38f);
    CHECK(cpu::tanh(far) == 1);
    CHECK(cpu::tanh(-far) == -1);
  }
  CHECK(std::isinf(cpu::fast_log(std::numeric_limits<float>::infinity())));
}

TEST_CASE("not-a-number stays not-a-number") {
  for (float result : {cpu::fast_exp(NAN), cpu::fast_log(NAN), cpu::fast_sqrt(NAN), cpu::sigmoid(NAN),
                       cpu::tanh(NAN), cpu::fast_exp(-NAN), cpu::gelu(NAN)})
    CHECK(std::isnan(result));
}

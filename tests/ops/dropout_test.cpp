#include <doctest/doctest.h>

#include <eev/cpu/dropout.hpp>
#include <eev/reference/dropout.hpp>

#include "close.hpp"

using namespace eev;
using namespace eev::test;

namespace {

/// Which of R x C elements are kept, as 0 or 1.
std::vector<float> mask(dim R, dim C, float rate, std::uint64_t stream, int threads = 2) {
  cpu::device device(threads);
  const std::vector<float> ones(R * C, 1 - rate);
  std::vector<float> y(R * C);
  dropout(device, shaped(y, R, C), shaped(ones, R, C), rate, stream);
  return y;
}

double mean(const std::vector<float>& values) {
  double sum = 0;
  for (float value : values) sum += value;
  return sum / double(values.size());
}

}  // namespace

TEST_CASE("dropout keeps as many as the rate says and scales them to the same mean") {
  for (float rate : {0.0f, 0.3f, 0.9f}) {
    const auto kept = mask(300, 333, rate, random_stream(7, 1, 2));
    CHECK(mean(kept) == doctest::Approx(1 - rate).epsilon(0.02));
    CHECK(std::ranges::all_of(kept, [](float value) { return value == 0 || std::abs(value - 1) < 1e-6; }));
  }
}

TEST_CASE("dropout is another for each seed, step and layer, and neighbours do not depend on each other") {
  const auto one = mask(100, 100, 0.5, random_stream(7, 1, 2));
  for (auto stream :
       {random_stream(8, 1, 2), random_stream(7, 2, 2), random_stream(7, 1, 3), random_stream(7, 2, 1)}) {
    const auto other = mask(100, 100, 0.5, stream);
    dim both = 0;
    for (dim i = 0; i < 10000; ++i) both += one[i] != 0 && other[i] != 0;
    CHECK(double(both) == doctest::Approx(2500).epsilon(0.06));
  }
  dim pairs = 0;
  for (dim i = 1; i < 10000; ++i) pairs += one[i] != 0 && one[i - 1] != 0;
  CHECK(double(pairs) == doctest::Approx(2500).epsilon(0.06));
}

TEST_CASE(
    "dropout on the cpu lets through what the reference does, in place and with any number of threads") {
  for (auto [R, C] : {std::pair<dim, dim>{1, 1}, {7, 13}, {31, 257}}) {
    auto x = random_values(R * C, 1), again = x;
    std::vector<double> expected(R * C);
    reference::device<double> exact;
    dropout(exact, shaped(expected, R, C), shaped(as_double(x), R, C), 0.3f, 42);
    cpu::device one(1), many(5);
    dropout(one, shaped(x, R, C), shaped(x, R, C), 0.3f, 42);
    dropout(many, shaped(again, R, C), shaped(again, R, C), 0.3f, 42);
    CHECK(largest_difference(x, expected) < 1e-6);
    CHECK(x == again);
  }
}

TEST_CASE("dropout refuses a rate that leaves nothing") {
  std::vector<float> six(6);
  cpu::device device(1);
  for (float rate : {1.0f, -0.1f, NAN})
    CHECK_THROWS_AS(dropout(device, shaped(six, 2, 3), shaped(six, 2, 3), rate, 1), error);
}

#include <cstdint>
#include <limits>

#include <doctest/doctest.h>

#include <eev/core/rational.hpp>

using eev::rational;

TEST_CASE("fractions are kept in lowest terms with a positive denominator") {
  rational half = rational::reduced(-21, -42);
  CHECK(half.numerator() == 1);
  CHECK(half.denominator() == 2);
  CHECK(rational::reduced(3, -9) == rational::reduced(-1, 3));
  CHECK(rational::reduced(0, -5) == rational(0));
  CHECK(rational::reduced(0, -5).denominator() == 1);
}

TEST_CASE("fractions add, multiply and compare exactly") {
  CHECK(rational::reduced(1001, 30000) * 30000 == rational(1001));
  CHECK(rational::reduced(1, 90000) + rational::reduced(1, 44100) == rational::reduced(149, 4410000));
  CHECK(rational::reduced(1, 3) - rational::reduced(1, 2) == rational::reduced(-1, 6));
  CHECK(rational(7) / rational::reduced(-7, 2) == rational(-2));
  // 1/3 + 2^-40: a double in microseconds could not tell the two apart.
  rational third = rational::reduced(1, 3), above = third + rational::reduced(1, std::int64_t(1) << 40);
  CHECK(third < above);
  CHECK(above > third);
  CHECK(third <= third);
}

TEST_CASE("fractions are rounded as integers are, below zero too") {
  CHECK(rational::reduced(7, 2).ceil() == 4);
  CHECK(rational::reduced(7, 2).floor() == 3);
  CHECK(rational::reduced(7, 2).round() == 4);
  CHECK(rational::reduced(-7, 2).ceil() == -3);
  CHECK(rational::reduced(-7, 2).floor() == -4);
  CHECK(rational::reduced(-7, 2).round() == -3);
  CHECK(rational::reduced(-1, 3).round() == 0);
  CHECK(rational(5).ceil() == 5);
  CHECK(rational(-5).floor() == -5);
}

TEST_CASE("fractions too large for their parts are rounded and do not overflow") {
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  rational huge = rational(most) * rational(most);
  CHECK(huge > rational(1));
  CHECK(huge + huge >= huge);
  CHECK(-huge < rational(-1));
  rational tiny = rational::reduced(1, most) * rational::reduced(1, most - 1);
  CHECK(tiny >= rational(0));
  CHECK(tiny + 1 >= rational(1));
  CHECK(rational(std::numeric_limits<std::int64_t>::min()) < rational(0));
  rational fine = rational::reduced(most, most - 1) * rational::reduced(most - 2, most - 3);
  CHECK(fine.value() == doctest::Approx(1.0).epsilon(1e-12));
}

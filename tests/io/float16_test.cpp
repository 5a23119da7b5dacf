#include <cmath>

#include <doctest/doctest.h>

#include <eev/io/float16.hpp>

using namespace eev::io;

TEST_CASE("every one of the 65536 halves is the number that its parts spell") {
  int wrong = 0;
  for (unsigned bits = 0; bits < 0x10000; ++bits) {
    const int exponent = int(bits >> 10 & 31), fraction = int(bits & 1023);
    const double sign = bits & 0x8000 ? -1 : 1;
    const float value = float16{std::uint16_t(bits)};
    if (exponent == 31 && fraction != 0) {
      wrong += !std::isnan(value);
    } else {
      const double expected = exponent == 31  ? sign * INFINITY
                              : exponent == 0 ? sign * std::ldexp(fraction, -24)
                                              : sign * std::ldexp(1024 + fraction, exponent - 25);
      wrong += double(value) != expected || std::signbit(value) != std::signbit(sign);
    }
  }
  CHECK(wrong == 0);
}

#include <doctest/doctest.h>

#include <eev/io/decimal.hpp>

using namespace eev;
using namespace eev::io;

TEST_CASE("numbers are read exactly") {
  CHECK(parse_number("6") == rational(6));
  CHECK(parse_number("0.96") == rational::reduced(24, 25));
  CHECK(parse_number("12.5") == rational::reduced(25, 2));
  CHECK(parse_number("30000/1001") == rational::reduced(30000, 1001));
  CHECK(parse_number("000000007.000000001") == rational::reduced(7'000'000'001, 1'000'000'000));
}

TEST_CASE("what is no number is not read") {
  for (const char* text : {"", " ", "x", "-1", "+1", "1e3", ".5", "5.", "1/0", "1/", "/2", "1/2/3", "0x10",
                           " 1", "1 ", "inf", "nan", "1234567890", "1.1234567890"})
    CHECK_MESSAGE(!parse_number(text), text);
}

TEST_CASE("decimals are as short as can be, and cut off, not rounded") {
  CHECK(decimal(6) == "6");
  CHECK(decimal(rational::reduced(24, 25)) == "0.96");
  CHECK(decimal(rational::reduced(2, 3)) == "0.666666666");
  CHECK(decimal(rational::reduced(1, 2'000'000'000)) == "0");
  CHECK(decimal(rational::reduced(-1, 2)) == "-0.5");
  for (int n = 1; n < 2000; n += 7)
    CHECK(*parse_number(decimal(rational::reduced(n, 1001))) <= rational::reduced(n, 1001));
}

#include <command/console.hpp>
#include <command/csv.hpp>
#include <doctest/doctest.h>

using namespace eev::command;

TEST_CASE("times are told as a clock tells them") {
  CHECK(clock_time(0) == "00:00");
  CHECK(clock_time(59.6) == "01:00");
  CHECK(clock_time(3599) == "59:59");
  CHECK(clock_time(3661) == "1:01:01");
  CHECK(clock_time(1e300) == "277777:46:40");
}

TEST_CASE("a field of CSV is quoted where RFC 4180 wants it") {
  CHECK(csv_field("plain text") == "plain text");
  CHECK(csv_field("") == "");
  CHECK(csv_field("a,b") == "\"a,b\"");
  CHECK(csv_field("say \"a\"") == "\"say \"\"a\"\"\"");
  CHECK(csv_field("two\nlines") == "\"two\nlines\"");
}

#include <optional>

#include <doctest/doctest.h>

#include <eev/media/timeline.hpp>

using eev::rational;
using eev::media::timeline;

TEST_CASE("a timeline counts from the start it is given, or from the first timestamp") {
  timeline given(rational(100));
  CHECK(given.place(rational(102), 0) == rational(2));
  CHECK(given.place(rational(99), 2) == rational(-1));
  timeline first(std::nullopt);
  CHECK(first.place(rational(102), 0) == rational(0));
  CHECK(first.place(rational(103), 1) == rational(1));
}

TEST_CASE("a missing timestamp follows the frame before it") {
  timeline line(rational(0));
  CHECK(line.place(std::nullopt, 0) == rational(0));
  CHECK(line.place(std::nullopt, rational::reduced(1, 25)) == rational::reduced(1, 25));
}

TEST_CASE("a gap of up to an hour is believed, a longer one is not") {
  timeline line(rational(0));
  CHECK(line.place(rational(3600), 1) == rational(3600));
  timeline other(rational(0));
  CHECK(other.place(rational(3601), 1) == rational(1));
  CHECK(other.place(rational(3604), 2) == rational(4));  // the clock was set, and now runs on
}

TEST_CASE("what a frame was expected to last does not make the next one early") {
  timeline line(rational(0));
  CHECK(line.place(rational(600), 600) == rational(600));
  CHECK(line.place(rational(601), 1200) == rational(601));
}

TEST_CASE("one wild timestamp moves nothing after it") {
  timeline line(rational(0));
  CHECK(line.place(rational(1), 1) == rational(1));
  CHECK(line.place(rational(1'000'000), 2) == rational(2));
  CHECK(line.place(rational(3), 3) == rational(3));
  CHECK(line.place(rational(4), 4) == rational(4));
}

TEST_CASE("timestamps that begin anew are joined to what came before") {
  timeline line(rational(0));
  CHECK(line.place(rational(30), 30) == rational(30));
  CHECK(line.place(rational(0), 31) == rational(31));
  CHECK(line.place(rational(1), 32) == rational(32));
  CHECK(line.place(rational(-4), 33) == rational(27));  // a small step back is left to the reader
}

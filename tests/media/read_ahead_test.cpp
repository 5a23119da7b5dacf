#include <atomic>
#include <chrono>
#include <thread>

#include <doctest/doctest.h>

#include <eev/core/error.hpp>
#include <eev/media/read_ahead.hpp>

using namespace eev;

TEST_CASE("read-ahead hands out items in order, then nothing") {
  int made = 0;
  media::read_ahead<int> ahead([&] { return made < 100 ? std::optional(made++) : std::nullopt; }, 3);
  for (int i = 0; i < 100; ++i) CHECK(ahead.next() == i);
  CHECK(ahead.next() == std::nullopt);
  CHECK(ahead.next() == std::nullopt);
}

TEST_CASE("read-ahead keeps no more items than it was told") {
  std::atomic<int> made = 0;
  media::read_ahead<int> ahead([&] { return std::optional(made++); }, 3);
  CHECK(ahead.next() == 0);
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  CHECK(made <= 1 + 3 + 1);  // taken, waiting, and one in hand
}

TEST_CASE("read-ahead throws what its thread threw, after the items before it") {
  int made = 0;
  media::read_ahead<int> ahead(
      [&]() -> std::optional<int> {
        if (made == 2) throw error("the third failed");
        return made++;
      },
      8);
  CHECK(ahead.next() == 0);
  CHECK(ahead.next() == 1);
  CHECK_THROWS_WITH_AS(ahead.next(), "the third failed", error);
}

TEST_CASE("read-ahead that is given up while its thread waits ends") {
  media::read_ahead<int> ahead([] { return std::optional(1); }, 1);
}

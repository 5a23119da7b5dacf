#include <algorithm>
#include <deque>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <eev/media/needed_packets.hpp>

namespace eev::needed_packets_test {
namespace {

using media::packet_kind;
using enum media::packet_kind;

struct made_packet {
  packet_kind kind;
  std::optional<rational> begin;
  int flags = 0, size = 100;
};

/// The numbers of the packets that are needed, in their order; `known_after`: how many packets had been added
/// when each became certain.
struct choice {
  std::vector<int> needed, known_after;
  rational latest_left_out = 0;
};

choice choose(const std::vector<made_packet>& packets, rational rate = 1) {
  media::needed_packets chooser(rate);
  choice made;
  std::deque<media::packet_handle> needed;
  const auto take = [&](int added) {
    for (; !needed.empty(); needed.pop_front()) {
      made.needed.push_back(int(needed.front()->pos));
      made.known_after.push_back(added);
    }
  };
  for (int i = 0; i < int(packets.size()); ++i) {
    auto packet = media::make_packet();
    packet->pos = i, packet->flags = packets[std::size_t(i)].flags,
    packet->size = packets[std::size_t(i)].size;
    chooser.add(std::move(packet), packets[std::size_t(i)].kind, packets[std::size_t(i)].begin, needed);
    take(i + 1);
  }
  chooser.finish(needed);
  take(int(packets.size()));
  made.latest_left_out = chooser.latest_left_out();
  return made;
}

rational tenths(int n) { return rational::reduced(n, 10); }

using ints = std::vector<int>;

}  // namespace

TEST_CASE("a picture that no other refers to is left out where another one replaces it before the next row") {
  // In the order of decoding; shown are 0 1 2 3 ...
  const std::vector<made_packet> packets{
      {restart, tenths(0)},  {picture, tenths(4)},    {disposable, tenths(2)},  {disposable, tenths(3)},
      {picture, tenths(12)}, {disposable, tenths(8)}, {disposable, tenths(11)}, {picture, tenths(16)}};
  const choice made = choose(packets);
  CHECK(made.needed == ints{0, 1, 4, 5, 7});  // 0.8 is on the screen at 1 s; 1.2 replaces 1.1
  CHECK(made.latest_left_out == tenths(11));
  CHECK(choose(packets, 10).needed == ints{0, 1, 2, 3, 4, 5, 6, 7});
}

TEST_CASE("what comes between a row and a picture with which decoding begins anew is left out") {
  std::vector<made_packet> packets;
  for (int i = 0; i < 30; ++i) packets.push_back({i % 8 == 0 ? restart : picture, tenths(i)});
  // Until the one that is shown at 1 s, then the restart at 1.6 s, then up to 2 s, the restart at 2.4 s.
  CHECK(choose(packets).needed == ints{0, 8, 9, 10, 16, 17, 18, 19, 20, 24, 25, 26, 27, 28, 29});
  CHECK(choose(packets).latest_left_out == tenths(23));
  for (made_packet& each : packets)
    if (each.kind == restart) each.kind = picture;
  CHECK(choose(packets).needed.size() == 30);
}

TEST_CASE("packets that may be damaged, are not shown or have no known time replace none and stay") {
  for (const made_packet& odd : {made_packet{restart, tenths(8), AV_PKT_FLAG_CORRUPT},
                                 {restart, tenths(8), AV_PKT_FLAG_DISCARD},
                                 {restart, std::nullopt},
                                 {unknown, tenths(8)}})
    CHECK(choose({{restart, 0}, {picture, tenths(1)}, odd, {picture, tenths(9)}, {restart, 1}}).needed ==
          ints{0, 1, 2, 4});
}

TEST_CASE("packets are held for one row at most, and no more than 64 MiB of them") {
  std::vector<made_packet> packets;
  for (int i = 0; i < 100; ++i) packets.push_back({picture, tenths(i)});
  const choice made = choose(packets);
  REQUIRE(made.needed.size() == 100);
  for (std::size_t i = 0; i < 100; ++i) CHECK(made.known_after[i] - made.needed[i] <= 10);

  for (int i = 1; i < 100; ++i) packets[std::size_t(i)] = {picture, rational::reduced(i, 1000), 0, 16 << 20};
  packets.push_back({restart, 1});
  CHECK(choose(packets).needed.size() == 100 - 99 % 5 + 1);
}

TEST_CASE("whatever the order of pictures, each row shows what it showed, and no picture needed is missing") {
  std::mt19937 random(7);
  const auto below = [&](int n) { return int(random() % unsigned(n)); };
  int left_out = 0;
  for (int round = 0; round < 300; ++round) {
    // Groups of pictures, each a restart, references in order, and pictures that none refers to before them.
    std::vector<made_packet> packets;
    int time = 0;
    for (int group = 0; group < 6; ++group) {
      packets.push_back({restart, rational::reduced(time++, 25)});
      for (int i = below(12); i > 0; --i) {
        const int before = below(4);
        packets.push_back({picture, rational::reduced(time + before, 25)});
        for (int j = 0; j < before; ++j)
          packets.push_back({below(4) == 0 ? picture : disposable, rational::reduced(time + j, 25)});
        time += before + 1 + (below(6) == 0 ? below(40) : 0);
      }
    }
    const rational rate = std::vector<rational>{1, 6, rational::reduced(5, 2), 25}[std::size_t(below(4))];
    const choice made = choose(packets, rate);
    CHECK(std::ranges::is_sorted(made.needed));
    left_out += int(packets.size() - made.needed.size());

    std::vector<bool> needed(packets.size());
    for (int i : made.needed) needed[std::size_t(i)] = true;
    for (int row = 0; rational(row) <= rational::reduced(time, 25) * rate; ++row) {
      std::optional<rational> all, some;
      for (std::size_t i = 0; i < packets.size(); ++i) {
        if (*packets[i].begin * rate > rational(row)) continue;
        all = std::max(all.value_or(0), *packets[i].begin);
        if (needed[i]) some = std::max(some.value_or(0), *packets[i].begin);
      }
      REQUIRE(all == some);
    }
    // A reference is left out only with all that follow it up to a restart.
    for (std::size_t i = 0; i < packets.size(); ++i)
      if (!needed[i] && packets[i].kind != disposable)
        for (std::size_t j = i + 1; j < packets.size() && !(needed[j] && packets[j].kind == restart); ++j)
          REQUIRE(!needed[j]);
  }
  CHECK(left_out > 3000);  // of about 12,000
}

}  // namespace eev::needed_packets_test

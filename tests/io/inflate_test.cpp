#include <doctest/doctest.h>

#include <eev/io/inflate.hpp>

#include "../golden.hpp"
#include "checkpoint_bytes.hpp"
#include "temporary.hpp"

using namespace eev;
using namespace eev::io;
using namespace eev::test;

namespace {

std::string inflated_text(const std::string& packed, std::uint64_t size) {
  const auto bytes = inflate("s", std::as_bytes(std::span(packed)), size);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string inflate_complaint(const std::string& packed, std::uint64_t size) {
  return error_of([&] { inflated_text(packed, size); });
}

std::string deflated_by_zlib(const std::string& name) {
  const auto bytes = golden("npz")[name].values;
  return {bytes.begin(), bytes.end()};
}

std::string stored_block(const std::string& text, bool last) {
  return std::string(1, char(last)) + little(text.size(), 2) + little(~text.size(), 2) + text;
}

}  // namespace

TEST_CASE("streams by zlib are inflated, whatever their blocks") {
  std::string expected;
  for (std::int64_t i = 0; i < 70'000; ++i)
    expected += char((i * i * 7 + i / 50 * 13) % 61 + (i / 3000 % 7) * 9);
  for (const char* name : {"fixed", "own"}) CHECK(inflated_text(deflated_by_zlib(name), 70'000) == expected);
  CHECK(inflated_text(stored_block("one", false) + stored_block("", false) + stored_block("two", true), 6) ==
        "onetwo");
  CHECK(inflated_text("\x03" + std::string(1, '\0'), 0) == "");               // a fixed block of nothing
  CHECK(inflated_text(from_hex("4b4c4a4e49840100"), 13) == "abcdaaaaaaaaa");  // a copy that overlaps itself
}

TEST_CASE("a deflated stream that lies or is damaged is refused") {
  const std::string packed = deflated_by_zlib("own");
  const struct {
    std::string packed;
    std::uint64_t size;
    const char* complaint;
  } cases[] = {
      {"", 0, "the deflated bytes are cut off"},
      {packed, 69'999, "inflates to more than 69999 bytes"},
      {packed, 70'001, "inflates to 70000 bytes, expected 70001"},
      {packed, std::uint64_t{1} << 60, "1152921504606846976 bytes of"},
      {packed + "!", 70'000, "1 bytes after the deflated ones"},
      {packed.substr(0, 5000), 70'000, "the deflated bytes are cut off"},
      {"\x07", 0, "cannot be inflated: invalid block type"},
      {from_hex("010300feff616263"), 3, "invalid stored block lengths"},
      {from_hex("4b4c02120000"), 9, "invalid distance too far back"},
      {from_hex("fdffffff"), 9, "too many length or distance symbols"},
      {from_hex("05e0ffffffffffffffffff"), 9, "invalid code lengths set"},
  };
  for (const auto& [bytes, size, complaint] : cases) {
    const std::string found = inflate_complaint(bytes, size);
    CHECK_MESSAGE(found.find(complaint) != found.npos, found, " | ", complaint);
  }
  for (std::size_t byte = 0; byte < 200; ++byte)
    for (int bit = 0; bit < 8; ++bit) {
      std::string wrong = packed;
      wrong[byte] = char(wrong[byte] ^ 1 << bit);
      inflate_complaint(wrong, 70'000);
    }
}

TEST_CASE("the CRC-32 is that of ISO 3309") {
  CHECK(crc32(std::as_bytes(std::span<const char>("123456789", 9))) == 0xcbf43926u);
  CHECK(crc32({}) == 0);
}

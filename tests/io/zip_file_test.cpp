#include <doctest/doctest.h>

#include <eev/io/zip_file.hpp>

#include "checkpoint_bytes.hpp"
#include "temporary.hpp"

using namespace eev;
using namespace eev::io;
using namespace eev::test;

namespace {

std::span<const std::byte> zip_bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

std::string zip_complaint(const std::string& bytes) {
  return error_of([&] { zip_file("z.zip", zip_bytes(bytes)); });
}

std::string stored_text(const zip_file& zip, const char* name) {
  const auto bytes = zip.stored(name);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

TEST_CASE("the entries of an archive lie where its local headers end") {
  const std::vector<zip_record> plain{
      {"b/one", "first"},
      {.name = "b/two", .data = "second", .local_extra = "FB" + little(3, 2) + "zzz"},
      {"a", ""}};
  std::vector<zip_record> wide = plain;
  for (auto& record : wide) record.in_zip64 = true;
  for (const std::string& bytes :
       {zip_of(plain), zip_of(wide), zip_of(plain, {.in_zip64 = true}), zip_of(wide, {.in_zip64 = true}),
        zip_of(plain, {.comment = "PK\5\6 or so"})}) {
    const zip_file zip("z.zip", zip_bytes(bytes));
    CHECK(zip.entries().size() == 3);
    CHECK(zip.first() == "b/one");
    CHECK(stored_text(zip, "b/one") == "first");
    CHECK(stored_text(zip, "b/two") == "second");
    CHECK(stored_text(zip, "a") == "");
    CHECK(!zip.find_stored("b"));
    CHECK(error_of([&] { zip.stored("b"); }) == "z.zip: no entry 'b' among its 3");
  }
  const std::string empty = zip_of({});
  CHECK(zip_file("z.zip", zip_bytes(empty)).entries().empty());
  CHECK(zip_file::is_zip(zip_bytes(zip_of(plain))));
  CHECK(!zip_file::is_zip(zip_bytes("PK\3")));
}

TEST_CASE("an archive that lies is refused with the lie") {
  const zip_record one{"one", "12345"};
  const auto with = [&](auto change) {
    zip_record record{"two", "67890"};
    change(record);
    return zip_of({one, record});
  };
  const struct {
    std::string bytes, complaint;
  } cases[] = {
      {"", "0 bytes, too short for a zip archive"},
      {std::string(100, '\0'), "no end of a zip archive"},
      {zip_of({one}) + "!", "bytes after the zip archive, expected 0"},
      {zip_of({one, one}), "two entries of the name 'one'"},
      {with([](zip_record& r) { r.offset = 0; }), "entry 'two' has another name in its local header"},
      {with([](zip_record& r) { r.name = "one", r.offset = 0; }), "two entries of the name 'one'"},
      {with([](zip_record& r) { r.offset = 1; }), "local header: begins with"},
      {with([](zip_record& r) { r.offset = 0xfffffffe; }), "local header at byte 4294967294 of a file of"},
      {with([](zip_record& r) { r.in_zip64 = true, r.more_in_zip64 = std::uint64_t{1} << 63; }),
       "local header at byte 92233720368"},
      {with([](zip_record& r) { r.packed = 6; }), "reaches beyond byte"},
      {with([](zip_record& r) { r.packed = 0xfffffffe; }), "entry 'two' of 4294967294 bytes"},
      {with([](zip_record& r) { r.size = 6; }), "entry 'two' is stored in 5 bytes, expected 6"},
      {with([](zip_record& r) { r.method = 14; }), "compressed by method 14, expected it stored or deflated"},
      {with([](zip_record& r) { r.flags = 1; }), "entry 'two' is encrypted"},
      {with([](zip_record& r) { r.local_name = "twe"; }), "entry 'two' has another name in its local header"},
      {with([](zip_record& r) { r.local_name = std::string(65535, 'x'); }).substr(0, 60),
       "no end of a zip archive"},
      {zip_of({{.name = "one", .data = "12345", .packed = 40}, {"two", "67890"}}),
       "overlaps 'one', which ends at byte"},
      {zip_of({one}, {.count = 2}), "2 entries in a central directory of 49 bytes"},
      {zip_of({one}, {.count = 0}), "49 bytes of the central directory after its 0 entries"},
      {zip_of({one}, {.size = 48}), "cut off"},
      {zip_of({one}, {.size = 50}), "expected it before byte"},
      {zip_of({one}, {.offset = 7}), "begins with"},
      {zip_of({one}, {.offset = 0xfffffff0}), "expected it before byte"},
      {zip_of({one}, {.count = 0xffff}), "ZIP64 locator"},
  };
  for (const auto& [bytes, complaint] : cases) {
    const std::string found = zip_complaint(bytes);
    CHECK(found.starts_with("z.zip: "));
    CHECK_MESSAGE(found.find(complaint) != found.npos, found, " | ", complaint);
  }
  const std::string packed = with([](zip_record& r) { r.method = 8; });
  const zip_file zip("z.zip", zip_bytes(packed));
  CHECK(error_of([&] { zip.stored("two"); }) == "z.zip: entry 'two' is compressed, expected it stored");
}

TEST_CASE("an archive cut anywhere, or with any wrong bit, is refused or harmless") {
  const std::string whole =
      zip_of({{.name = "one", .data = "12345", .in_zip64 = true}, {"two", "67890"}}, {.in_zip64 = true});
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK(!zip_complaint(whole.substr(0, size)).empty());
  unsigned sum = 0;
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::string bytes = whole;
    bytes[bit / 8] = char(bytes[bit / 8] ^ 1 << bit % 8);
    error_of([&] {
      const zip_file zip("z.zip", zip_bytes(bytes));
      for (const auto& [name, entry] : zip.entries())
        for (const std::byte byte : entry.bytes) sum += unsigned(byte);
    });
  }
  CHECK(sum > 0);
}

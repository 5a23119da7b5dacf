#include <doctest/doctest.h>

#include <eev/io/csv_rows.hpp>

#include "temporary.hpp"

using namespace eev;
using namespace eev::io;
using namespace eev::test;

namespace {

using row = std::vector<std::string>;

std::vector<row> rows_of(const std::string& text) {
  const temporary_folder folder;
  write_file(folder / "f.csv", text);
  std::vector<row> all;
  csv_rows rows(folder / "f.csv");
  while (rows.next()) all.emplace_back(rows.fields().begin(), rows.fields().end());
  CHECK(!rows.next());
  return all;
}

/// The complaint without the folder's name.
std::string row_complaint(const std::string& text) {
  const std::string whole = error_of([&] { rows_of(text); });
  return whole.substr(std::min(whole.find("f.csv"), whole.size()));
}

}  // namespace

TEST_CASE("rows end with LF, CRLF or the file, and empty lines are none") {
  const std::vector<row> expected{{"a", "b"}, {"", "1"}, {"2", ""}};
  for (const char* text :
       {"a,b\n,1\n2,\n", "a,b\r\n,1\r\n2,\r\n", "a,b\n,1\n2,", "\n\na,b\r\n\r\n\n,1\n2,\r\n\n",
        "\xef\xbb\xbf"
        "a,b\n,1\n2,\n"})
    CHECK(rows_of(text) == expected);
  for (const char* text : {"", "\n", "\r\n\n", "\xef\xbb\xbf"}) CHECK(rows_of(text).empty());
}

TEST_CASE("fields in quotes hold commas, quotes and line ends") {
  const std::vector<row> expected{{"a,b", "say \"hi\"", "two\r\nlines"}, {"", "c", "\""}};
  CHECK(rows_of("\"a,b\",\"say \"\"hi\"\"\",\"two\r\nlines\"\r\n\"\",\"c\",\"\"\"\"\r\n") == expected);
  CHECK(rows_of("\"a,b\",\"say \"\"hi\"\"\",\"two\r\nlines\"\n\"\",c,\"\"\"\"") == expected);
  CHECK(rows_of("\"\"\n") == std::vector<row>{{""}});
}

TEST_CASE("a row knows the line it begins at") {
  const temporary_folder folder;
  write_file(folder / "f.csv", "a\n\n\"1\n2\n3\"\nb");
  csv_rows rows(folder / "f.csv");
  for (long line : {1, 3, 6}) {
    REQUIRE(rows.next());
    CHECK(rows.line() == line);
  }
  CHECK(rows.where() == folder / "f.csv, line 6");
}

TEST_CASE("rows that lie across blocks are whole") {
  std::string text;
  std::vector<row> expected;
  for (int i = 0; text.size() < 5 * csv_rows::longest_row; ++i) {
    expected.push_back({std::to_string(i), "q\"" + std::string(i % 4099, 'x')});
    text += expected.back()[0] + ",\"q\"\"" + expected.back()[1].substr(2) + "\"\r\n";
  }
  CHECK(rows_of(text) == expected);
}

TEST_CASE("a row of the longest length is read, and a longer one refused") {
  const std::string longest(csv_rows::longest_row - 1, 'x'), longer(csv_rows::longest_row + 1, 'x');
  for (const std::string& before : {std::string(), std::string("a\n"), std::string(1'500'000, '\n')}) {
    CHECK(rows_of(before + longest + "\nb\n").back() == row{"b"});
    CHECK(rows_of(before + longest).back() == row{longest});
    CHECK(row_complaint(before + longer)
              .ends_with(": a row of more than 1048576 bytes, or a quote without an end"));
    CHECK(row_complaint(before + longer + "\nb\n").find("a row of more than") != std::string::npos);
  }
  CHECK(row_complaint(std::string(3 << 20, '\0')) ==
        "f.csv, line 1: a row of more than 1048576 bytes, or a quote without an end");
}

TEST_CASE("quotes out of place are refused with their line") {
  CHECK(row_complaint("a\nb\"c\"\n") == "f.csv, line 2: a quote inside a field that does not begin with one");
  CHECK(row_complaint("a\n\"b\"c\n") == "f.csv, line 2: something after the quote that ends a field");
  CHECK(row_complaint("a\n\"b\n\n") == "f.csv, line 2: a quote without an end");
  CHECK(row_complaint("a\n\"") == "f.csv, line 2: a quote without an end");
  CHECK(row_complaint("a,b\"\n\"c\n") ==
        "f.csv, line 1: a quote inside a field that does not begin with one");
  CHECK(row_complaint("a\n\"" + std::string(3 << 20, 'x')).starts_with("f.csv, line 2: a row of more than"));
}

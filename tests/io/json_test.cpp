#include <doctest/doctest.h>

#include <eev/io/json.hpp>

#include "temporary.hpp"

using namespace eev;
using namespace eev::io;
using namespace eev::test;

namespace {

std::string string_in(const std::string& text) {
  json_reader json(text, "text");
  const std::string value = json.string();
  json.end();
  return value;
}

std::uint64_t integer_in(const std::string& text) {
  json_reader json(text, "text");
  const std::uint64_t value = json.integer();
  json.end();
  return value;
}

/// Reads an object of arrays of numbers as "key=1,2;".
std::string object_in(const std::string& text) {
  std::string summary;
  json_reader json(text, "text");
  json.object([&](const std::string& key) {
    summary += key + "=";
    json.array([&] { summary += std::to_string(json.integer()) + ","; });
    summary += ";";
  });
  json.end();
  return summary;
}

}  // namespace

TEST_CASE("json strings keep their characters and escapes") {
  CHECK(string_in(R"("")") == "");
  CHECK(string_in(" \t\r\n\"plain\" ") == "plain");
  CHECK(string_in(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
  CHECK(string_in(R"("\u0041\u00e9\u20AC\ud83d\ude00")") == "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
  CHECK(string_in(R"("\u0000\u007f\u0080\u07ff\u0800\uffff")") ==
        std::string("\0\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf", 12));
  CHECK(string_in(R"("\ud800\udc00\udbff\udfff")") == "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf");
  CHECK(string_in("\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"") == "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
}

TEST_CASE("json strings that are not RFC 8259 are refused") {
  const struct {
    std::string text, complaint;
  } cases[] = {
      {"", "byte 0: expected '\"', found the end"},
      {"'a'", "expected '\"', found ''a''"},
      {"\"a", "byte 2: a string without an end"},
      {"\"a\\\"", "byte 4: a string without an end"},
      {"\"\\", "byte 2: an unknown escape"},
      {"\"a\nb\"", "byte 2: a control character"},
      {std::string("\"\0\"", 3), "byte 1: a control character"},
      {R"("\x41")", "byte 2: an unknown escape"},
      {R"("\u12")", "unknown escape"},
      {R"("\u12g4")", "unknown escape"},
      {R"("\u-123")", "unknown escape"},
      {R"("\U0041")", "unknown escape"},
      {R"("\ud83d")", "half of a surrogate pair"},
      {R"("\ud83dx")", "half of a surrogate pair"},
      {R"("\ud83d\n")", "unknown escape"},
      {R"("\ud83d\u0041")", "half of a surrogate pair"},
      {R"("\ude00")", "half of a surrogate pair"},
      {R"("\ud83d\ud83d")", "half of a surrogate pair"},
      {"\"\x80\"", "byte 1: not UTF-8"},                  // a continuation without a start
      {"\"\xc3\"", "byte 1: not UTF-8"},                  // cut off
      {"\"\xe2\x82\"", "byte 1: not UTF-8"},              //
      {"\"\xc0\xaf\"", "byte 1: not UTF-8"},              // longer than needed
      {"\"\xe0\x80\xaf\"", "byte 1: not UTF-8"},          //
      {"\"\xf0\x80\x80\xaf\"", "byte 1: not UTF-8"},      //
      {"\"\xed\xa0\x80\"", "byte 1: not UTF-8"},          // a surrogate
      {"\"\xf4\x90\x80\x80\"", "byte 1: not UTF-8"},      // above U+10FFFF
      {"\"\xf8\x88\x80\x80\x80\"", "byte 1: not UTF-8"},  // five bytes
      {"\"\xff\"", "byte 1: not UTF-8"},
      {"\"a\" x", "byte 4: expected the end, found 'x'"},
  };
  for (const auto& [text, complaint] : cases) {
    CAPTURE(text);
    const std::string found = error_of([&] { string_in(text); });
    CHECK_MESSAGE(found.find(complaint) != found.npos, found);
    CHECK(found.starts_with("text, byte "));
  }
}

TEST_CASE("json whole numbers are exact up to 2^64 - 1") {
  CHECK(integer_in("0") == 0);
  CHECK(integer_in(" 10 ") == 10);
  CHECK(integer_in("9007199254740993") == 9007199254740993u);  // not a double
  CHECK(integer_in("18446744073709551615") == 18446744073709551615u);
  for (const char* text : {"",
                           "-1",
                           "-0",
                           "+1",
                           "01",
                           "00",
                           "1.0",
                           "1.",
                           "1e3",
                           "1E3",
                           ".5",
                           "0x10",
                           "1_0",
                           "1 0",
                           "\"1\"",
                           "true",
                           "null",
                           "NaN",
                           "18446744073709551616",
                           "99999999999999999999999"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(integer_in(text), error);
  }
  CHECK(error_of([] { integer_in(" -1"); }) ==
        "text, byte 1: expected a whole number from 0 to 2^64 - 1, found '-1'");
}

TEST_CASE("json objects and arrays are read in their order") {
  CHECK(object_in("{}") == "");
  CHECK(object_in(" { \"b\" : [ 1 , 2 ] ,\n\"a\":[]} \r\n") == "b=1,2,;a=;");
  for (const char* text : {"",
                           "{",
                           "{\"a\"",
                           "{\"a\":",
                           "{\"a\":[",
                           "{\"a\":[1",
                           "{\"a\":[1]",
                           "{\"a\":[1],}",
                           "{\"a\":[1,]}",
                           "{\"a\":[,1]}",
                           "{,}",
                           "{\"a\" [1]}",
                           "{a:[1]}",
                           "{\"a\":[1 2]}",
                           "[]",
                           "{\"a\":{}}",
                           "{\"a\":[1]}}",
                           "{\"a\":[1]} //",
                           "{\"a\":null}",
                           "{\"a\":[[1]]}"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(object_in(text), error);
  }
  CHECK(error_of([] { object_in(R"({"a":[], "b":[], "\u0061":[]})"); }) ==
        "text, byte 25: duplicate key 'a'");
}

TEST_CASE("json nested without end is refused at its first bracket") {
  const std::string deep(1'000'000, '[');
  CHECK(error_of([&] { object_in(deep); }).find("byte 0: expected '{'") != std::string::npos);
  CHECK(error_of([&] { object_in("{\"a\":" + deep); }).find("byte 6: expected a whole") != std::string::npos);
}

TEST_CASE("json quoting is undone by reading, for every byte and character") {
  for (int byte = 0; byte < 0x80; ++byte) {
    const std::string text{'a', char(byte), 'b'};
    CHECK(string_in(json_quoted(text)) == text);
  }
  const std::string foreign = "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";
  CHECK(json_quoted(foreign) == "\"" + foreign + "\"");
  CHECK(string_in(json_quoted("caf\xe9 \xf0\x9f")) == "caf\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd");
}

// In:  JSON text.  Out: its objects, arrays, strings and whole numbers, in order.  Rests on: core/error.
//
// Strict RFC 8259, as far as the header of a safetensors file needs it. The caller says what has to come
// next, so nesting goes as deep as the caller's own code and no deeper, and all that is kept are the keys of
// the objects it is inside of.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <eev/core/error.hpp>

namespace eev::io {

/// Bytes of the UTF-8 character at the start of `text`; 0 if there is none: cut off, longer than needed, a
/// surrogate or above U+10FFFF (RFC 3629).
inline std::size_t utf8_length(std::string_view text) {
  auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const unsigned first = byte(0);
  if (first < 0x80) return text.empty() ? 0 : 1;
  if (first < 0xc0 || first >= 0xf8) return 0;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  std::uint32_t code = first & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte(i) & 0x3f);
  }
  constexpr std::uint32_t smallest[] = {0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  return code >= smallest[length - 2] && code <= 0x10ffff && !surrogate ? length : 0;
}

/// `text` as a JSON string. Bytes that are not UTF-8 (a file name may hold any) become U+FFFD.
inline std::string json_quoted(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string quoted = "\"";
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const auto first = static_cast<unsigned char>(text[0]);
    if (length == 0) {
      quoted += "\xef\xbf\xbd";
    } else if (first < 0x20) {
      quoted += {'\\', 'u', '0', '0', digits[first >> 4], digits[first & 15]};
    } else {
      if (first == '"' || first == '\\') quoted += '\\';
      quoted += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return quoted + '"';
}

/// Reads JSON from front to back; throws eev::error where the text is not what the caller asks for.
class json_reader {
 public:
  /// `source` names the text in errors.
  json_reader(std::string_view text, std::string source) : text_(text), source_(std::move(source)) {}

  /// An object: member(key) is called for each key and has to read its value.
  template <class Member>
  void object(const Member& member) {
    std::set<std::string> keys;
    list('{', '}', [&] {
      const std::string key = string();
      expect(keys.insert(key).second, "duplicate key '", key, "'");
      take(':');
      member(key);
    });
  }

  /// An array: element() is called for each element and has to read it.
  template <class Element>
  void array(const Element& element) {
    list('[', ']', element);
  }

  /// A string, in UTF-8.
  std::string string() {
    take('"');
    std::string value;
    for (;;) {
      const std::string_view rest = text_.substr(position_);
      expect(!rest.empty(), "a string without an end");
      expect(static_cast<unsigned char>(rest[0]) >= 0x20, "a control character in a string");
      if (rest[0] == '"') return ++position_, value;
      if (rest[0] == '\\') {
        ++position_;
        escape(value);
      } else {
        const std::size_t length = utf8_length(rest);
        expect(length > 0, "not UTF-8");
        value += rest.substr(0, length);
        position_ += length;
      }
    }
  }

  /// A whole number from 0 to 2^64 - 1, exactly.
  std::uint64_t integer() {
    skip_space();
    const char *begin = text_.data() + position_, *end = text_.data() + text_.size();
    std::uint64_t value = 0;
    const auto [stop, status] = std::from_chars(begin, end, value);
    const bool digits = stop != begin;
    const bool leading_zero = digits && stop - begin > 1 && *begin == '0';
    const bool fraction = stop != end && (*stop == '.' || *stop == 'e' || *stop == 'E');
    expect(digits && status == std::errc() && !leading_zero && !fraction,
           "expected a whole number from 0 to 2^64 - 1, found ", next());
    position_ += std::size_t(stop - begin);
    return value;
  }

  /// Nothing but white space is left.
  void end() {
    skip_space();
    expect(position_ == text_.size(), "expected the end, found ", next());
  }

  /// Throws with the source, the position and the parts unless `condition` holds.
  template <class... Parts>
  void expect(bool condition, const Parts&... parts) const {
    require(condition, source_, ", byte ", position_, ": ", parts...);
  }

 private:
  template <class Item>
  void list(char open, char close, const Item& item) {
    take(open);
    if (accept(close)) return;
    do item();
    while (accept(','));
    take(close);
  }

  void skip_space() { position_ = std::min(text_.find_first_not_of(" \t\n\r", position_), text_.size()); }

  bool accept(char wanted) {
    skip_space();
    if (position_ == text_.size() || text_[position_] != wanted) return false;
    ++position_;
    return true;
  }

  void take(char wanted) {
    expect(accept(wanted), "expected '", std::string_view(&wanted, 1), "', found ", next());
  }

  /// What follows a backslash.
  void escape(std::string& value) {
    constexpr std::string_view letters = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
    const std::size_t which = letters.find(text_.substr(position_, 1));
    if (position_ < text_.size() && which != letters.npos) {
      value += meanings[which];
      ++position_;
      return;
    }
    std::uint32_t code = utf16_unit();
    if (code >= 0xd800 && code < 0xdc00 && text_.substr(position_, 1) == "\\") {
      ++position_;
      const std::uint32_t low = utf16_unit();
      expect(low >= 0xdc00 && low < 0xe000, "half of a surrogate pair");
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    expect(code < 0xd800 || code >= 0xe000, "half of a surrogate pair");
    const int tail = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;  // bytes after the first
    constexpr unsigned lead[] = {0x00, 0xc0, 0xe0, 0xf0};
    value += char(lead[tail] | code >> (6 * tail));
    for (int i = tail - 1; i >= 0; --i) value += char(0x80 | (code >> (6 * i) & 0x3f));
  }

  /// uXXXX
  std::uint32_t utf16_unit() {
    const std::string_view unit = text_.substr(position_, 5);
    std::uint32_t value = 0;
    const bool whole = unit.size() == 5 && unit[0] == 'u' &&
                       std::from_chars(unit.data() + 1, unit.data() + 5, value, 16).ptr == unit.data() + 5;
    expect(whole, "an unknown escape");
    position_ += 5;
    return value;
  }

  /// The coming text, for errors: printable, and no more than 20 characters of it.
  std::string next() const {
    if (position_ == text_.size()) return "the end";
    std::string sample(text_.substr(position_, 20));
    for (char& c : sample)
      if (c < 0x20 || c > 0x7e) c = '?';
    return "'" + sample + "'";
  }

  std::string_view text_;
  std::string source_;
  std::size_t position_ = 0;
};

}  // namespace eev::io

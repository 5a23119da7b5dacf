// In:  bytes of a file.  Out: numbers and texts from them, one after the other.  Rests on: core/error.
//
// Everything is little-endian and at any address. Reading beyond the end is an error that names the file.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <eev/core/error.hpp>

namespace eev::io {

static_assert(std::endian::native == std::endian::little, "the formats read here are little-endian");

class byte_reader {
 public:
  /// `where` names the file, or the part of it, in errors.
  byte_reader(std::string where, std::span<const std::byte> bytes)
      : where_(std::move(where)), bytes_(bytes) {}

  std::size_t position() const { return position_; }
  std::size_t left() const { return bytes_.size() - position_; }
  const std::string& where() const { return where_; }

  std::span<const std::byte> take(std::uint64_t count) {
    require(count <= left(), where_, ": cut off: ", left(), " bytes are left at byte ", position_,
            ", expected ", count);
    position_ += count;
    return bytes_.subspan(position_ - count, count);
  }
  void skip(std::uint64_t count) { take(count); }

  template <class Number>
  Number number() {
    Number value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }

  std::string_view text(std::uint64_t count) {
    const auto bytes = take(count);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  /// The text up to the next line feed, which is passed over.
  std::string_view line() {
    const std::string_view rest{reinterpret_cast<const char*>(bytes_.data()) + position_, left()};
    const std::size_t end = rest.find('\n');
    require(end != rest.npos, where_, ": cut off: no line ends after byte ", position_);
    position_ += end + 1;
    return rest.substr(0, end);
  }

 private:
  std::string where_;
  std::span<const std::byte> bytes_;
  std::size_t position_ = 0;
};

}  // namespace eev::io

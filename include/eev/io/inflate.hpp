// In:  a deflated stream and the size of what it holds.  Out: that.  Rests on: core/error.
//
// RFC 1951. Plain rather than fast: it reads small tables of numbers, bit by bit. A stream of another size
// than was said is refused as soon as that shows, and no stream can claim more than deflate can hold.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <eev/core/error.hpp>

namespace eev::io {

namespace detail {

/// Prefix codes by their lengths: of each length, the codes are consecutive numbers in the order of the
/// symbols.
class prefix_code {
 public:
  static constexpr int longest = 15;

  explicit prefix_code(std::span<const std::uint8_t> lengths) {
    for (const int length : lengths) ++counts_[length];
    counts_[0] = 0;
    std::array<int, longest + 1> next{};
    for (int length = 1; length <= longest; ++length) {
      next[length] = next[length - 1] + counts_[length - 1];
      room_ = 2 * room_ - counts_[length];
      codes_ += counts_[length];
      overfull_ = overfull_ || room_ < 0;
    }
    symbols_.resize(lengths.size());
    for (std::size_t symbol = 0; symbol < lengths.size(); ++symbol)
      if (lengths[symbol] != 0) symbols_[next[lengths[symbol]]++] = int(symbol);
  }

  /// True if the codes use up all numbers; a single code of one bit, or none at all, need not.
  bool is_good() const { return !overfull_ && (room_ == 0 || (codes_ == counts_[1] && codes_ <= 1)); }

  /// The symbol whose code comes from `bit()`, first bit first; -1 if it is no code.
  template <class Bit>
  int read(Bit bit) const {
    int code = 0, first = 0, index = 0;
    for (int length = 1; length <= longest; ++length) {
      code |= bit();
      if (code - first < counts_[length]) return symbols_[index + code - first];
      index += counts_[length];
      first = (first + counts_[length]) << 1;
      code <<= 1;
    }
    return -1;
  }

 private:
  std::array<int, longest + 1> counts_{};
  std::vector<int> symbols_;
  int room_ = 1, codes_ = 0;
  bool overfull_ = false;
};

class inflater {
 public:
  inflater(const std::string& where, std::span<const std::byte> packed, std::uint64_t size)
      : where_(where), packed_(packed), size_(size) {
    require(size / 1032 <= packed.size(), where, ": ", size, " bytes of ", packed.size(),
            " deflated ones, more than can be");
    out_.reserve(size);
    while (!block()) {
    }
    require(out_.size() == size_, where_, ": inflates to ", out_.size(), " bytes, expected ", size_);
    require(position_ == packed_.size(), where_, ": ", packed_.size() - position_,
            " bytes after the deflated ones");
  }

  std::vector<std::byte> take() { return std::move(out_); }

 private:
  int bit() {
    if (bits_left_ == 0) {
      require(position_ < packed_.size(), where_, ": the deflated bytes are cut off");
      buffer_ = int(packed_[position_++]), bits_left_ = 8;
    }
    const int value = buffer_ & 1;
    buffer_ >>= 1, --bits_left_;
    return value;
  }
  int bits(int count) {
    int value = 0;
    for (int i = 0; i < count; ++i) value |= bit() << i;
    return value;
  }
  void put(std::byte byte) {
    require(out_.size() < size_, where_, ": inflates to more than ", size_, " bytes");
    out_.push_back(byte);
  }

  /// True after the last one.
  bool block() {
    const bool last = bit() == 1;
    const int kind = bits(2);
    require(kind != 3, where_, ": a deflated block of no known kind");
    if (kind == 0)
      stored_block();
    else if (kind == 1)
      fixed_block();
    else
      own_block();
    return last;
  }

  void stored_block() {
    bits_left_ = 0;
    const int length = bits(16);
    require((bits(16) ^ 0xffff) == length, where_, ": a stored block whose length is not confirmed");
    for (int i = 0; i < length; ++i) put(std::byte(bits(8)));
  }

  void fixed_block() {
    std::vector<std::uint8_t> lengths(288, 8);
    for (int symbol = 144; symbol < 256; ++symbol) lengths[symbol] = 9;
    for (int symbol = 256; symbol < 280; ++symbol) lengths[symbol] = 7;
    symbols(prefix_code(lengths), prefix_code(std::vector<std::uint8_t>(30, 5)));
  }

  /// The lengths of the block's own two codes come in a third one.
  void own_block() {
    const int literals = 257 + bits(5), distances = 1 + bits(5), meta = 4 + bits(4);
    require(literals <= 286 && distances <= 30, where_, ": a block of ", literals, " and ", distances,
            " codes");
    static constexpr int order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    std::vector<std::uint8_t> meta_lengths(19), lengths;
    for (int i = 0; i < meta; ++i) meta_lengths[order[i]] = std::uint8_t(bits(3));
    const prefix_code meta_code(meta_lengths);
    require(meta_code.is_good(), where_, ": impossible codes in a deflated block");
    while (int(lengths.size()) < literals + distances) {
      const int symbol = meta_code.read([&] { return bit(); });
      require(symbol >= 0 && (symbol != 16 || !lengths.empty()), where_, ": no code in a deflated block");
      const int times = symbol < 16    ? 1
                        : symbol == 16 ? 3 + bits(2)
                        : symbol == 17 ? 3 + bits(3)
                                       : 11 + bits(7);
      lengths.insert(lengths.end(), times,
                     std::uint8_t(symbol < 16    ? symbol
                                  : symbol == 16 ? lengths.back()
                                                 : 0));
    }
    require(int(lengths.size()) == literals + distances && lengths[256] != 0, where_,
            ": impossible codes in a deflated block");
    const auto all = std::span<const std::uint8_t>(lengths);
    const prefix_code literal_code(all.first(literals)), distance_code(all.subspan(literals));
    require(literal_code.is_good() && distance_code.is_good(), where_,
            ": impossible codes in a deflated block");
    symbols(literal_code, distance_code);
  }

  void symbols(const prefix_code& literal_code, const prefix_code& distance_code) {
    const auto next = [&] { return bit(); };
    for (;;) {
      const int symbol = literal_code.read(next);
      require(symbol >= 0 && symbol < 286, where_, ": no code in a deflated block");
      if (symbol == 256) return;
      if (symbol < 256) {
        put(std::byte(symbol));
        continue;
      }
      // Lengths 3 to 258 and distances 1 to 32768: steps that double after each four, each two.
      const int step = symbol - 257;
      const int length = step == 28 ? 258
                         : step < 8 ? step + 3
                                    : ((4 + step % 4) << (step / 4 - 1)) + 3 + bits(step / 4 - 1);
      const int far = distance_code.read(next);
      require(far >= 0 && far < 30, where_, ": no code in a deflated block");
      const std::size_t distance =
          far < 4 ? far + 1 : ((2 + far % 2) << (far / 2 - 1)) + 1 + bits(far / 2 - 1);
      require(distance <= out_.size(), where_, ": a copy from ", distance, " bytes before byte ",
              out_.size());
      for (int i = 0; i < length; ++i) put(out_[out_.size() - distance]);
    }
  }

  const std::string& where_;
  std::span<const std::byte> packed_;
  std::uint64_t size_;
  std::vector<std::byte> out_;
  std::size_t position_ = 0;
  int buffer_ = 0, bits_left_ = 0;
};

}  // namespace detail

/// The `size` bytes that are deflated in `packed`; `where` names them in errors.
inline std::vector<std::byte> inflate(const std::string& where, std::span<const std::byte> packed,
                                      std::uint64_t size) {
  return detail::inflater(where, packed, size).take();
}

}  // namespace eev::io

// In:  fractions of integers: times, rates.  Out: exact sums, products and comparisons.  Rests on: std.
//
// Which frame is shown at a second, and how many rows a file has, are decided by comparing times. With
// doubles a frame that begins exactly on the second falls on either side of it; fractions have no such doubt.
#pragma once

#include <compare>
#include <cstdint>

namespace eev {

__extension__ typedef __int128 wide_integer;

/// A fraction in lowest terms with a positive denominator. Both parts stay within 62 bits, so that sums and
/// comparisons of any two fit 128 bits; a result that would not fit (never met in real files) is rounded.
class rational {
 public:
  constexpr rational(std::int64_t whole = 0) : rational(reduced(whole, 1)) {}

  /// numerator / denominator, which must not be zero.
  static constexpr rational reduced(wide_integer numerator, wide_integer denominator) {
    if (denominator < 0) numerator = -numerator, denominator = -denominator;
    wide_integer divisor = denominator;
    for (wide_integer rest = numerator < 0 ? -numerator : numerator; rest != 0;) {
      wide_integer remainder = divisor % rest;
      divisor = rest, rest = remainder;
    }
    numerator /= divisor, denominator /= divisor;
    while (denominator > limit) numerator /= 2, denominator /= 2;
    while (numerator > limit || numerator < -limit) {
      numerator /= 2;
      if (denominator > 1) denominator /= 2;
    }
    rational result{unchecked()};
    result.numerator_ = std::int64_t(numerator), result.denominator_ = std::int64_t(denominator);
    return result;
  }

  constexpr std::int64_t numerator() const { return numerator_; }
  constexpr std::int64_t denominator() const { return denominator_; }
  constexpr double value() const { return double(numerator_) / double(denominator_); }

  /// The smallest integer that is not less; the largest that is not greater; the nearest, halves upwards.
  constexpr std::int64_t ceil() const { return -(-*this).floor(); }
  constexpr std::int64_t floor() const {
    return numerator_ / denominator_ - (numerator_ % denominator_ < 0 ? 1 : 0);
  }
  constexpr std::int64_t round() const { return (*this + reduced(1, 2)).floor(); }

  constexpr rational operator-() const { return reduced(-wide_integer(numerator_), denominator_); }

  friend constexpr rational operator+(rational a, rational b) {
    return reduced(wide_integer(a.numerator_) * b.denominator_ + wide_integer(b.numerator_) * a.denominator_,
                   wide_integer(a.denominator_) * b.denominator_);
  }
  friend constexpr rational operator-(rational a, rational b) { return a + -b; }
  friend constexpr rational operator*(rational a, rational b) {
    return reduced(wide_integer(a.numerator_) * b.numerator_, wide_integer(a.denominator_) * b.denominator_);
  }
  /// b must not be zero.
  friend constexpr rational operator/(rational a, rational b) {
    return reduced(wide_integer(a.numerator_) * b.denominator_, wide_integer(a.denominator_) * b.numerator_);
  }

  friend constexpr bool operator==(rational a, rational b) = default;
  friend constexpr std::strong_ordering operator<=>(rational a, rational b) {
    wide_integer left = wide_integer(a.numerator_) * b.denominator_;
    wide_integer right = wide_integer(b.numerator_) * a.denominator_;
    return left < right   ? std::strong_ordering::less
           : left > right ? std::strong_ordering::greater
                          : std::strong_ordering::equal;
  }

 private:
  static constexpr wide_integer limit = (wide_integer(1) << 62) - 1;

  struct unchecked {};
  constexpr explicit rational(unchecked) {}

  std::int64_t numerator_ = 0, denominator_ = 1;
};

}  // namespace eev

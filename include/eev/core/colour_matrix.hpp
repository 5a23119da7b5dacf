// In:  what a stream says of its colours.  Out: the integers that make red, green and blue of its luma and
// chroma.  Rests on: std.
#pragma once

#include <cstdint>

namespace eev {

/// Luma is red_share R + blue_share B + the rest G. The ranges are those of 8 bits: full 0 .. 255, limited
/// 16 .. 235 for luma and 16 .. 240 for chroma.
struct colour_matrix {
  double red_share, blue_share;
  bool full_range;
};

inline constexpr colour_matrix bt601{0.299, 0.114, false}, bt709{0.2126, 0.0722, false};

/// Fraction bits of the factors. Chroma comes in eighths, as the mean of several samples has it; the largest
/// sum stays below 2^28.
inline constexpr int colour_bits = 16;

/// red   = (luma (Y - black) + red_from_v V) / 2^16                       with U and V in eighths,
/// green = (luma (Y - black) + green_from_u U + green_from_v V) / 2^16    128 taken away
/// blue  = (luma (Y - black) + blue_from_u U) / 2^16
struct colour_factors {
  std::int32_t black, luma, red_from_v, green_from_u, green_from_v, blue_from_u;

  explicit colour_factors(const colour_matrix& matrix) {
    const double chroma = 255.0 / (matrix.full_range ? 255 : 224) / 8;
    const double red = 2 * (1 - matrix.red_share), blue = 2 * (1 - matrix.blue_share);
    const double green_share = 1 - matrix.red_share - matrix.blue_share;
    black = matrix.full_range ? 0 : 16;
    luma = fixed(255.0 / (matrix.full_range ? 255 : 219));
    red_from_v = fixed(red * chroma);
    green_from_u = fixed(-matrix.blue_share / green_share * blue * chroma);
    green_from_v = fixed(-matrix.red_share / green_share * red * chroma);
    blue_from_u = fixed(blue * chroma);
  }

 private:
  static std::int32_t fixed(double factor) {
    return std::int32_t(factor * (1 << colour_bits) + (factor < 0 ? -0.5 : 0.5));
  }
};

/// A sum in fixed point as a byte.
inline std::uint8_t colour_byte(std::int32_t sum) {
  const std::int32_t value = (sum + (1 << (colour_bits - 1))) >> colour_bits;
  return std::uint8_t(value < 0 ? 0 : value > 255 ? 255 : value);
}

}  // namespace eev

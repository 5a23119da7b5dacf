// In:  float.  Out: its upper half, rounded to nearest even, and back.  Rests on: std.
#pragma once

#include <bit>
#include <cstdint>

namespace eev {

/// 16-bit storage: sign, 8 bits of exponent, 7 bits of fraction. Arithmetic is done in float.
struct bfloat16 {
  std::uint16_t bits = 0;

  bfloat16() = default;
  bfloat16(float value) {
    std::uint32_t word = std::bit_cast<std::uint32_t>(value);
    bool not_a_number = (word & 0x7fffffffu) > 0x7f800000u;
    std::uint32_t rounded = word + 0x7fffu + ((word >> 16) & 1u);
    bits = std::uint16_t((not_a_number ? word | 0x00400000u : rounded) >> 16);
  }
  operator float() const { return std::bit_cast<float>(std::uint32_t(bits) << 16); }
};

}  // namespace eev

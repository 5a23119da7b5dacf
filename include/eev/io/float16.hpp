// In:  the 16 bits of an IEEE half.  Out: the same number as a float, exactly.  Rests on: std.
#pragma once

#include <bit>
#include <cstdint>

namespace eev::io {

/// Sign, 5 bits of exponent, 10 bits of fraction. A format of files only; nothing is computed in it.
struct float16 {
  std::uint16_t bits = 0;

  operator float() const {
    const std::uint32_t sign = (bits & 0x8000u) << 16, exponent = bits >> 10 & 0x1fu,
                        fraction = bits & 0x3ffu;
    const std::uint32_t normal = (exponent + 127 - 15) << 23 | fraction << 13;
    const std::uint32_t not_finite = 0x7f800000u | fraction << 13;
    const std::uint32_t subnormal = std::bit_cast<std::uint32_t>(float(fraction) * 0x1p-24f);
    return std::bit_cast<float>(sign | (exponent == 0 ? subnormal : exponent == 31 ? not_finite : normal));
  }
};

}  // namespace eev::io

// In:  a floating-point number.  Out: whether it is one.  Rests on: std.
//
// By its bits, which the compiler vectorises and -ffast-math leaves alone: under that, comparisons with what
// is not a number are left out as if there were none.
#pragma once

#include <bit>
#include <cstdint>

namespace eev {

/// Neither infinite nor not-a-number.
constexpr bool is_finite(float x) { return (~std::bit_cast<std::uint32_t>(x) & 0x7f800000u) != 0; }
constexpr bool is_finite(double x) { return (~std::bit_cast<std::uint64_t>(x) & 0x7ff0000000000000u) != 0; }

constexpr bool is_nan(double x) { return !is_finite(x) && std::bit_cast<std::uint64_t>(x) << 12 != 0; }

}  // namespace eev

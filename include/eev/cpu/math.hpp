// In:  a float.  Out: its exponential, logarithm, square root, sigmoid or hyperbolic tangent.  Rests on:
// core/bfloat16.
//
// Without branches or tables, so that the compiler turns a `#pragma omp simd` loop that calls them into
// vector code. A choice between floats is made by whole numbers: GCC moves the computation of a float that is
// chosen by `?:` into a branch, and then makes no vector code for AVX2. Not-a-number in gives not-a-number
// out. Errors are measured by tests/ops/math_test.cpp.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include <eev/core/bfloat16.hpp>

namespace eev::cpu {

namespace detail {

inline constexpr std::int32_t infinity_bits = 0x7f800000, sign_bit = std::int32_t(0x80000000);

/// x between -87.33 and 88.37, where e^x is a normal number. (Whole numbers order floats of one sign as their
/// values do.)
inline float held(float x) {
  constexpr auto low = std::bit_cast<std::int32_t>(87.33f), high = std::bit_cast<std::int32_t>(88.37f);
  const std::int32_t bits = std::bit_cast<std::int32_t>(x);
  const std::int32_t size = bits & ~sign_bit, most = bits < 0 ? low : high;
  return std::bit_cast<float>((size < most ? size : most) | (bits & sign_bit));
}

/// y, or x where it is infinite or not a number; x is positive.
inline float unless_special(float y, float x) {
  const std::int32_t bits = std::bit_cast<std::int32_t>(x), special = (infinity_bits - 1 - bits) >> 31;
  return std::bit_cast<float>((std::bit_cast<std::int32_t>(y) & ~special) | (bits & special));
}

/// y, or not a number where x is none.
inline float unless_nan(float y, float x) {
  const std::int32_t size = std::bit_cast<std::int32_t>(x) & ~sign_bit, nan = (infinity_bits - size) >> 31;
  return std::bit_cast<float>(std::bit_cast<std::int32_t>(y) | nan);
}

/// e^x as scale + scale * fraction: scale is a power of two, fraction = e^r - 1 for |r| <= ln 2 / 2.
struct split_exponential {
  float scale, fraction;
};

inline split_exponential split_exp(float any) {
  const float x = held(any);
  // Adding 1.5 * 2^23 rounds to a whole number and leaves it in the low bits. (Subtracted as numbers,
  // -ffast-math would take the two for nothing.)
  constexpr float round = 12582912.0f;
  const float shifted = x * 1.44269504f + round;
  const auto n = float(std::bit_cast<std::int32_t>(shifted) - std::bit_cast<std::int32_t>(round));
  const float scale = std::bit_cast<float>((std::bit_cast<std::uint32_t>(shifted) << 23) + 0x3f800000u);

  const float r =
      (x - n * 0.693359375f) + n * 2.12194440e-4f;  // ln 2 in two parts: the first product is exact
  float sum = 1.0f / 5040;                          // Taylor: what is left out is below 1e-8
  sum = sum * r + 1.0f / 720;
  sum = sum * r + 1.0f / 120;
  sum = sum * r + 1.0f / 24;
  sum = sum * r + 1.0f / 6;
  sum = sum * r + 1.0f / 2;
  return {scale, unless_nan(sum * (r * r) + r, any)};
}

}  // namespace detail

/// e^x, relative error below 2e-7. Held at its values for -87.33 (1.2e-38) and 88.37 (2.4e38) beyond these.
inline float fast_exp(float x) {
  const auto [scale, fraction] = detail::split_exp(x);
  return scale * fraction + scale;
}

/// ln x for normal x > 0, relative error below 3e-7.
inline float fast_log(float x) {
  // x = 2^exponent * m, m between sqrt(1/2) and sqrt(2).
  constexpr std::int32_t root_half = 0x3f3504f3;
  const std::int32_t bits = std::bit_cast<std::int32_t>(x);
  const std::int32_t exponent = (bits - root_half) >> 23;
  const float m = std::bit_cast<float>(bits - (exponent << 23));

  // ln m = 2 artanh s = 2 (s + s^3 / 3 + s^5 / 5 + ...), s = (m - 1) / (m + 1), |s| < 0.172.
  const float s = (m - 1) / (m + 1), t = s * s;
  float sum = 2.0f / 9;
  sum = sum * t + 2.0f / 7;
  sum = sum * t + 2.0f / 5;
  sum = sum * t + 2.0f / 3;
  const float result = float(exponent) * 0.693147181f + (sum * t * s + 2 * s);
  return detail::unless_special(result, x);
}

/// The square root of x, 0 or normal and below 1e38, relative error below 3e-7. (std::sqrt may set errno,
/// which keeps loops from becoming vector code.)
inline float fast_sqrt(float x) {
  // A first guess of 1 / sqrt x from the halved exponent, and three of Newton's steps.
  const float guess = std::bit_cast<float>(0x5f375a86 - (std::bit_cast<std::int32_t>(x) >> 1));
  auto closer = [x](float root) { return root * (1.5f - 0.5f * x * root * root); };
  return x * closer(closer(closer(guess)));
}

/// 1 / (1 + e^-x), relative error below 4e-7 where the result is a normal number.
inline float sigmoid(float x) { return 1 / (1 + fast_exp(-x)); }

/// Relative error below 4e-7, also near 0.
inline float tanh(float x) {
  const auto [scale, fraction] = detail::split_exp(2 * x);
  const float less_one = scale * fraction + (scale - 1);  // e^2x - 1, exact to the last bits near 0
  return less_one / (less_one + 2);
}

/// x Phi(x), Phi the normal distribution: the exact GELU, x (1 + erf(x / sqrt 2)) / 2, within 2e-7 of the
/// larger of 1 and |x|, for finite x. (Abramowitz and Stegun 1964, 7.1.26.)
inline float gelu(float x) {
  const float size = std::fabs(x), t = 1 / (1 + 0.3275911f * 0.707106781f * size);
  float sum = 1.061405429f;
  sum = sum * t - 1.453152027f;
  sum = sum * t + 1.421413741f;
  sum = sum * t - 0.284496736f;
  sum = sum * t + 0.254829592f;
  const float tail = 0.5f * t * sum * fast_exp(-0.5f * x * x);  // Phi(-|x|)
  return 0.5f * (x + size) - size * tail;
}

/// to = value. For bfloat16 an assignment would do as well, but GCC makes no vector code of a loop that has
/// one.
inline void store(float& to, float value) { to = value; }
inline void store(bfloat16& to, float value) { to.bits = bfloat16(value).bits; }

}  // namespace eev::cpu

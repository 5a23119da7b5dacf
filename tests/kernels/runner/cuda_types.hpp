// In:  nothing.  Out: the types of CUDA that kernels name, with CUDA's sizes and alignments.  Rests on: std.
//
// Our own, so that a machine without the CUDA toolkit can compile and run the kernels. Only what kernels use.
#pragma once

#include <cstdint>
#include <cstring>

struct uint3 {
  unsigned x, y, z;
};
struct dim3 {
  unsigned x = 1, y = 1, z = 1;
  constexpr dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
};

struct alignas(8) float2 {
  float x, y;
};
struct alignas(16) float4 {
  float x, y, z, w;
};
struct alignas(8) uint2 {
  unsigned x, y;
};
struct alignas(16) uint4 {
  unsigned x, y, z, w;
};
inline float2 make_float2(float x, float y) { return {x, y}; }
inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
inline uint2 make_uint2(unsigned x, unsigned y) { return {x, y}; }
inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) { return {x, y, z, w}; }

/// The upper half of a float. Its bits are left alone until it is assigned, as shared memory demands.
struct __nv_bfloat16 {
  std::uint16_t bits;
};
struct alignas(4) __nv_bfloat162 {
  __nv_bfloat16 x, y;
};

inline float __bfloat162float(__nv_bfloat16 value) {
  const std::uint32_t word = std::uint32_t(value.bits) << 16;
  float wide;
  std::memcpy(&wide, &word, sizeof wide);
  return wide;
}

/// To the nearest, halves to even; every not-a-number becomes the one that CUDA makes.
inline __nv_bfloat16 __float2bfloat16_rn(float value) {
  std::uint32_t word;
  std::memcpy(&word, &value, sizeof word);
  if (value != value) return {0x7fff};
  return {std::uint16_t((word + 0x7fffu + ((word >> 16) & 1u)) >> 16)};
}

/// x in the lower half of the word, y in the upper.
inline __nv_bfloat162 __floats2bfloat162_rn(float x, float y) {
  return {__float2bfloat16_rn(x), __float2bfloat16_rn(y)};
}
inline float2 __bfloat1622float2(__nv_bfloat162 pair) {
  return {__bfloat162float(pair.x), __bfloat162float(pair.y)};
}

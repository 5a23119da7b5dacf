// In:  numbers.  Out: what CUDA's device functions make of them.  Rests on: std.
//
// The approximate functions are exact here: their real rounding shows on a GPU only, so tolerances of tests
// must not rest on it. Only what kernels use.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

template <class T>
T __ldg(const T* address) {
  return *address;
}

inline float rsqrtf(float x) { return 1.0f / std::sqrt(x); }
inline float __fdividef(float x, float y) { return x / y; }

// The C library keeps this name for itself.
namespace eev::runner {
inline float approximate_exp(float x) { return std::exp(x); }
}  // namespace eev::runner
#define __expf ::eev::runner::approximate_exp

inline std::uint32_t __float_as_uint(float x) {
  std::uint32_t word;
  std::memcpy(&word, &x, sizeof word);
  return word;
}
inline float __uint_as_float(std::uint32_t word) {
  float x;
  std::memcpy(&x, &word, sizeof x);
  return x;
}

/// Between blocks. Atomic to the race checker as well.
inline float atomicAdd(float* address, float value) {
  auto* word = reinterpret_cast<std::uint32_t*>(address);
  std::uint32_t before = __atomic_load_n(word, __ATOMIC_RELAXED), after;
  do after = __float_as_uint(__uint_as_float(before) + value);
  while (!__atomic_compare_exchange_n(word, &before, after, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
  return __uint_as_float(before);
}
inline int atomicAdd(int* address, int value) { return __atomic_fetch_add(address, value, __ATOMIC_RELAXED); }

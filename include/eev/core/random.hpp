// In:  a seed, what the numbers are for, and a counter.  Out: random bits.  Rests on: std.
//
// There is no state: number i of a stream is a function of the stream and i. So the numbers are the same
// whatever the order in which they are drawn, the number of threads that draw them, and after a resumption.
// constexpr, so that CUDA kernels may call them.
#pragma once

#include <cstdint>

namespace eev {

/// The finaliser of splitmix64 (Steele et al. 2014): every bit of the result depends on every bit of `value`.
constexpr std::uint64_t mix_bits(std::uint64_t value) {
  value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9u;
  value = (value ^ value >> 27) * 0x94d049bb133111ebu;
  return value ^ value >> 31;
}

/// Number `counter` of a stream.
constexpr std::uint64_t random_bits(std::uint64_t stream, std::uint64_t counter) {
  return mix_bits(stream + (counter + 1) * 0x9e3779b97f4a7c15u);
}

/// A stream of its own for each seed and each purpose, told apart by numbers: random_stream(seed, step,
/// layer).
template <class... Purpose>
std::uint64_t random_stream(std::uint64_t seed, Purpose... purpose) {
  std::uint64_t stream = mix_bits(seed + 0x9e3779b97f4a7c15u);
  ((stream = random_bits(stream, std::uint64_t(purpose))), ...);
  return stream;
}

/// Bits as a multiple of 2^-24 in [0, 1).
constexpr float unit_of(std::uint64_t bits) { return float(std::int32_t(bits >> 40)) * 0x1p-24f; }

}  // namespace eev

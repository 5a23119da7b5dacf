// In:  what a benchmark moved or multiplied.  Out: the rate, and its share of what this machine can do,
// measured in the same run.  Rests on: Google Benchmark, OpenMP, cpu/matrix_product.
#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

#include <benchmark/benchmark.h>
#include <omp.h>

#include <eev/cpu/matrix_product.hpp>

namespace eev::bench {

/// Of what a roof is measured by: half a second, so that a neighbour's moment does not lower it.
inline constexpr int repeats = 25;

inline double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Multiply-adds a second of all cores, as FLOP/s (two a multiply-add): twelve independent chains of vectors,
/// nothing but registers. Best of all repeats. Factors are T: of bfloat16 a lane sums two products at once,
/// in programs compiled for AVX512_BF16; in others they are multiplied as float.
template <class T>
double peak_flops() {
  static const double peak = [] {
    constexpr bool in_pairs = std::is_same_v<T, bfloat16> && cpu::device::compiled_for_bfloat16;
    using lanes = cpu::detail::tile_vector;
    constexpr long rounds = 4'000'000, chains = 12, products = cpu::detail::tile_lanes * (in_pairs ? 2 : 1);
    double best = 0;
    for (int repeat = 0; repeat < repeats; ++repeat) {
      const double start = seconds_now();
#pragma omp parallel
      {
        lanes sum[chains], factor = lanes{} + 1.0000001f, addend = lanes{} + 0.999999f;
        for (int i = 0; i < chains; ++i) sum[i] = lanes{} + float(i);
        for (long round = 0; round < rounds; ++round) {
#pragma GCC unroll 12
          for (int i = 0; i < chains; ++i)
            if constexpr (in_pairs)
              cpu::detail::add_product<true>(sum[i], 1, factor);
            else
              sum[i] = sum[i] * factor + addend;
        }
        for (lanes& chain : sum) benchmark::DoNotOptimize(chain);  // of all lanes, or one alone is computed
      }
      best =
          std::max(best, 2.0 * products * chains * rounds * omp_get_max_threads() / (seconds_now() - start));
    }
    return best;
  }();
  return peak;
}

/// Bytes a second of a copy far larger than the caches, reads and writes counted. Best of all repeats.
inline double peak_bytes() {
  static const double peak = [] {
    const long count = 32L << 20;
    std::vector<double> from(count, 1.0), to(count, 2.0);
    double best = 0;
    for (int repeat = 0; repeat < repeats; ++repeat) {
      const double start = seconds_now();
#pragma omp parallel for schedule(static)
      for (long i = 0; i < count; ++i) to[i] = from[i];
      benchmark::DoNotOptimize(to.data());
      best = std::max(best, 16.0 * count / (seconds_now() - start));
    }
    return best;
  }();
  return peak;
}

namespace detail {
inline void report(benchmark::State& state, const char* unit, double amount, double peak) {
  state.counters[unit] = benchmark::Counter(amount, benchmark::Counter::kIsIterationInvariantRate);
  state.counters["share_of_roof"] =
      benchmark::Counter(amount / peak, benchmark::Counter::kIsIterationInvariantRate);
}
}  // namespace detail

/// `bytes` and `flops` are what one iteration must read and write, or add and multiply, at the least. The
/// share of the memory's roof is above 1 where the data stays in a cache.
inline void report_bytes(benchmark::State& state, double bytes) {
  detail::report(state, "bytes/s", bytes, peak_bytes());
}
template <class T = float>
void report_flops(benchmark::State& state, double flops) {
  detail::report(state, "FLOP/s", flops, peak_flops<T>());
}

}  // namespace eev::bench

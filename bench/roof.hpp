// In:  what a benchmark moved or multiplied.  Out: the rate, and its share of what this machine can do,
// measured in the same run.  Rests on: Google Benchmark, OpenMP.
#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

#include <benchmark/benchmark.h>
#include <omp.h>

namespace eev::bench {

inline double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Fused multiply-adds a second of all cores, as FLOP/s (two a multiply-add): twelve independent chains of
/// vectors, nothing but registers. Best of five.
inline double peak_flops() {
  static const double peak = [] {
#ifdef __AVX512F__
    constexpr int width = 16;
#else
    constexpr int width = 8;
#endif
    using lanes = float __attribute__((vector_size(4 * width)));
    constexpr long rounds = 4'000'000, chains = 12;
    double best = 0;
    for (int repeat = 0; repeat < 5; ++repeat) {
      const double start = seconds_now();
#pragma omp parallel
      {
        lanes sum[chains], factor = lanes{} + 1.0000001f, addend = lanes{} + 0.999999f;
        for (int i = 0; i < chains; ++i) sum[i] = lanes{} + float(i);
        for (long round = 0; round < rounds; ++round) {
#pragma GCC unroll 12
          for (int i = 0; i < chains; ++i) sum[i] = sum[i] * factor + addend;
        }
        for (lanes& chain : sum) benchmark::DoNotOptimize(chain);  // of all lanes, or one alone is computed
      }
      best = std::max(best, 2.0 * width * chains * rounds * omp_get_max_threads() / (seconds_now() - start));
    }
    return best;
  }();
  return peak;
}

/// Bytes a second of a copy far larger than the caches, reads and writes counted. Best of five.
inline double peak_bytes() {
  static const double peak = [] {
    const long count = 32L << 20;
    std::vector<double> from(count, 1.0), to(count, 2.0);
    double best = 0;
    for (int repeat = 0; repeat < 5; ++repeat) {
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
inline void report_flops(benchmark::State& state, double flops) {
  detail::report(state, "FLOP/s", flops, peak_flops());
}

}  // namespace eev::bench

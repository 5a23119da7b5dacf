#include <benchmark/benchmark.h>

#include <eev/cpu/log_mel.hpp>

#include "roof.hpp"

namespace eev {
namespace {

// Seconds of sound; threads. One thread is what the goal is stated for.
void log_mel_cpu(benchmark::State& state) {
  const dim seconds = state.range(0), S = seconds * sound_rate;
  cpu::device device(int(state.range(1)));
  auto samples = device.take<float>(S);
  for (dim n = 0; n < S; ++n) samples(n) = float(n * 7919 % 2001 - 1000) / 1000;
  auto y = device.take<float>(frames_of(S), mel_bands);
  for (auto _ : state) log_mel(device, y, samples);
  bench::report_bytes(state, double(S + y.size()) * sizeof(float));
  state.counters["realtime"] =
      benchmark::Counter(double(seconds), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(log_mel_cpu)->ArgsProduct({{1, 60}, {1, 2}})->UseRealTime();

}  // namespace
}  // namespace eev

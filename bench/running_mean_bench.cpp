#include <benchmark/benchmark.h>

#include <eev/cpu/running_mean.hpp>

#include "roof.hpp"

namespace eev {
namespace {

// The parameters of the paper's head.
void running_mean_cpu(benchmark::State& state) {
  const dim N = state.range(0);
  cpu::device device;
  auto mean = device.take<float>(N), x = device.take<float>(N);
  for (auto tensor : {mean, x}) std::fill(tensor.begin(), tensor.end(), 0.5f);
  dim count = 1;
  for (auto _ : state) running_mean(device, mean, x, ++count);
  bench::report_bytes(state, 3.0 * N * sizeof(float));
}
BENCHMARK(running_mean_cpu)->Arg(14'000'000)->UseRealTime();

}  // namespace
}  // namespace eev

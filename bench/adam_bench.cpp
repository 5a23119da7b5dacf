#include <benchmark/benchmark.h>

#include <eev/cpu/adam.hpp>

#include "roof.hpp"

namespace eev {
namespace {

// The parameters of the demo's head and of the paper's.
void adam_cpu(benchmark::State& state) {
  const dim N = state.range(0);
  cpu::device device;
  auto x = device.take<float>(N), mean = device.take<float>(N), square = device.take<float>(N);
  auto gradient = device.take<float>(N);
  for (auto tensor : {x, mean, square, gradient}) std::fill(tensor.begin(), tensor.end(), 0.5f);
  dim step = 0;
  for (auto _ : state) adam(device, x, mean, square, gradient, {}, ++step);
  bench::report_bytes(state, 7.0 * N * sizeof(float));
}
BENCHMARK(adam_cpu)->Arg(250'000)->Arg(14'000'000)->UseRealTime();

}  // namespace
}  // namespace eev

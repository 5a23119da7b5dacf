#include <benchmark/benchmark.h>

#include <eev/cpu/mean_pool_backward.hpp>

#include "roof.hpp"

namespace eev {
namespace {

// The states of the visual GRU of 128 clips.
void mean_pool_backward_cpu(benchmark::State& state) {
  const dim B = 128, N = 60, C = 1024;
  cpu::device device;
  auto dx = device.take<float>(B, N, C);
  auto dy = device.take<float>(B, C);
  std::fill(dx.begin(), dx.end(), 0.5f);
  std::fill(dy.begin(), dy.end(), 0.5f);
  for (auto _ : state) mean_pool_backward(device, dx, dy);
  bench::report_bytes(state, 2.0 * double(dx.size()) * sizeof(float));
}
BENCHMARK(mean_pool_backward_cpu)->UseRealTime();

}  // namespace
}  // namespace eev

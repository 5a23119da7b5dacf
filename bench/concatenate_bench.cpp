#include <benchmark/benchmark.h>

#include <eev/cpu/concatenate.hpp>

#include "roof.hpp"

namespace eev {
namespace {

// States of the paper's two GRUs, rows of one clip and of 64.
void concatenate_cpu(benchmark::State& state) {
  const dim R = state.range(0), N = 1024, M = 256;
  cpu::device device;
  auto y = device.take<float>(R, N + M), a = device.take<float>(R, N), b = device.take<float>(R, M);
  for (auto tensor : {a, b}) std::fill(tensor.begin(), tensor.end(), 0.5f);
  for (auto _ : state) concatenate(device, y, a, b);
  bench::report_bytes(state, 2.0 * R * (N + M) * sizeof(float));
}
BENCHMARK(concatenate_cpu)->Arg(60)->Arg(64 * 60)->UseRealTime();

}  // namespace
}  // namespace eev

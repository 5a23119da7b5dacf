#include <benchmark/benchmark.h>

#include <eev/cpu/dropout.hpp>

#include "roof.hpp"

namespace eev {
namespace {

// Between the levels of the paper's visual GRU, for one clip and for a batch of 128.
void dropout_cpu(benchmark::State& state) {
  const dim R = state.range(0), C = 1024;
  cpu::device device;
  auto y = device.take<float>(R, C), x = device.take<float>(R, C);
  std::fill(x.begin(), x.end(), 0.5f);
  for (auto _ : state) dropout(device, y, x, 0.3f, 1);
  bench::report_bytes(state, 2.0 * R * C * sizeof(float));
}
BENCHMARK(dropout_cpu)->Arg(60)->Arg(128 * 60)->UseRealTime();

}  // namespace
}  // namespace eev

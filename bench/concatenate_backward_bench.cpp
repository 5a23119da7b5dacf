#include <benchmark/benchmark.h>

#include <eev/cpu/concatenate_backward.hpp>

#include "roof.hpp"

namespace eev {
namespace {

// The states of the paper's two GRUs, for one clip and for a batch of 128.
void concatenate_backward_cpu(benchmark::State& state) {
  const dim R = state.range(0), N = 1024, M = 256;
  cpu::device device;
  auto da = device.take<float>(R, N), db = device.take<float>(R, M), dy = device.take<float>(R, N + M);
  std::fill(dy.begin(), dy.end(), 0.5f);
  for (auto _ : state) concatenate_backward(device, da, db, dy);
  bench::report_bytes(state, 2.0 * R * (N + M) * sizeof(float));
}
BENCHMARK(concatenate_backward_cpu)->Arg(60)->Arg(128 * 60)->UseRealTime();

}  // namespace
}  // namespace eev

#include <benchmark/benchmark.h>

#include <eev/cpu/gate.hpp>

#include "roof.hpp"

namespace eev {
namespace {

// Rows of one clip and of 64, 1280 wide.
void gate_cpu(benchmark::State& state) {
  const dim R = state.range(0), C = 1280;
  cpu::device device;
  auto y = device.take<float>(R, C), x = device.take<float>(R, C), logits = device.take<float>(R, C);
  for (auto tensor : {x, logits}) std::fill(tensor.begin(), tensor.end(), 0.5f);
  for (auto _ : state) gate(device, y, x, logits);
  bench::report_bytes(state, 3.0 * R * C * sizeof(float));
}
BENCHMARK(gate_cpu)->Arg(60)->Arg(64 * 60)->UseRealTime();

}  // namespace
}  // namespace eev

#include <benchmark/benchmark.h>

#include <eev/cpu/unit_rows.hpp>

#include "roof.hpp"

namespace eev {
namespace {

// Both embeddings of 128 clips, there and back.
void unit_rows_cpu(benchmark::State& state) {
  const dim R = 256, C = 128;
  cpu::device device;
  auto x = device.take<float>(R, C), y = device.take<float>(R, C), dx = device.take<float>(R, C);
  std::fill(x.begin(), x.end(), 0.5f);
  for (auto _ : state) {
    unit_rows(device, y, x, 1);
    unit_rows_backward(device, dx, y, y, x, 1);
  }
  bench::report_bytes(state, 6.0 * double(R * C) * sizeof(float));
}
BENCHMARK(unit_rows_cpu)->UseRealTime();

}  // namespace
}  // namespace eev

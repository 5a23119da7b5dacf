#include <benchmark/benchmark.h>

#include <eev/cpu/gru.hpp>

#include "roof.hpp"

namespace eev {
namespace {

// Clips of a minute and units of the paper's two GRUs.
void gru_cpu(benchmark::State& state) {
  const dim B = state.range(0), T = 60, U = state.range(1);
  cpu::device device;
  const std::vector<float> values(3 * U * U, 0.01f);
  const std::array weight{device.pack<float>(values, 3 * U, U), device.pack<float>(values, 3 * U, U)};
  auto y = device.take<float>(B, T, 2 * U);
  auto projected = device.take<float>(B, T, 2, 3 * U);
  auto bias = device.take<float>(2, 3 * U);
  std::fill(projected.begin(), projected.end(), 0.1f);
  std::fill(bias.begin(), bias.end(), 0.1f);
  for (auto _ : state) gru(device, y, projected, weight, bias);
  bench::report_flops(state, 2.0 * B * T * 2 * 3 * U * U);
}
BENCHMARK(gru_cpu)
    ->Args({1, 512})
    ->Args({8, 512})
    ->Args({64, 512})
    ->Args({1, 128})
    ->Args({64, 128})
    ->UseRealTime();

}  // namespace
}  // namespace eev

#include <benchmark/benchmark.h>

#include <eev/cpu/elementwise_loss.hpp>

#include "roof.hpp"

namespace eev {
namespace {

// L1 and KL of a batch of 128 minutes.
void elementwise_loss_cpu(benchmark::State& state) {
  const dim B = state.range(0), T = 60, E = 15;
  cpu::device device;
  auto loss = device.take<float>(1);
  auto dp = device.take<float>(B, T, E), p = device.take<float>(B, T, E), y = device.take<float>(B, T, E);
  auto mask = device.take<float>(B, T);
  for (dim i = 0; i < p.size(); ++i) p.data[i] = float(i % 61 + 1) / 63, y.data[i] = float(i % 23) / 23;
  std::fill(mask.begin(), mask.end(), 1.0f);
  for (auto _ : state) elementwise_loss(device, loss, dp, p, y, mask, {.l1 = 1, .kl = 1});
  bench::report_bytes(state, 3.0 * p.size() * sizeof(float));
}
BENCHMARK(elementwise_loss_cpu)->Arg(128)->UseRealTime();

}  // namespace
}  // namespace eev

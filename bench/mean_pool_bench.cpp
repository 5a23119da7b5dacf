#include <benchmark/benchmark.h>

#include <eev/cpu/mean_pool.hpp>

#include "roof.hpp"

namespace eev {
namespace {

// The end of Swin-L: 49 tokens of 1536 channels an image.
void mean_pool_cpu(benchmark::State& state) {
  const dim B = state.range(0);
  cpu::device device;
  auto x = device.take<float>(B, 49, 1536);
  auto y = device.take<float>(B, 1536);
  std::fill(x.begin(), x.end(), 0.5f);
  for (auto _ : state) mean_pool(device, y, x);
  bench::report_bytes(state, double(x.size() + y.size()) * sizeof(float));
}
BENCHMARK(mean_pool_cpu)->Arg(1)->Arg(8)->UseRealTime();

}  // namespace
}  // namespace eev

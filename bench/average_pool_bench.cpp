#include <benchmark/benchmark.h>

#include <eev/cpu/average_pool.hpp>

#include "roof.hpp"

namespace eev {
namespace {

// Images, places along a side, channels of Inception-v3's pooled branches.
template <class T>
void average_pool_cpu(benchmark::State& state) {
  const dim B = state.range(0), side = state.range(1), C = state.range(2);
  cpu::device device;
  auto x = device.take<T>(B, side, side, C), y = device.take<T>(B, side, side, C);
  std::fill(x.begin(), x.end(), T(0.5f));
  for (auto _ : state) average_pool(device, y, x);
  bench::report_bytes(state, 2.0 * double(x.size()) * sizeof(T));
}
void pools_of_inception(benchmark::internal::Benchmark* benchmark) {
  for (int B : {1, 8})
    for (auto [side, C] : {std::array{35, 256}, {17, 768}, {8, 2048}}) benchmark->Args({B, side, C});
  benchmark->UseRealTime();
}
BENCHMARK_TEMPLATE(average_pool_cpu, float)->Apply(pools_of_inception);
BENCHMARK_TEMPLATE(average_pool_cpu, bfloat16)->Apply(pools_of_inception);

}  // namespace
}  // namespace eev

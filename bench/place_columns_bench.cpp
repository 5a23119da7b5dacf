#include <benchmark/benchmark.h>

#include <eev/cpu/place_columns.hpp>

#include "roof.hpp"

namespace eev {
namespace {

// Images, places along a side, channels of a branch of Inception-v3 and of its block.
template <class T>
void place_columns_cpu(benchmark::State& state) {
  const dim R = state.range(0) * state.range(1) * state.range(1), N = state.range(2), C = state.range(3);
  cpu::device device;
  auto x = device.take<T>(R, N), y = device.take<T>(R, C);
  std::fill(x.begin(), x.end(), T(0.5f));
  for (auto _ : state) place_columns(device, y, x, N);
  bench::report_bytes(state, 2.0 * double(x.size()) * sizeof(T));
}
void branches_of_inception(benchmark::internal::Benchmark* benchmark) {
  for (int B : {1, 8})
    for (auto [side, N, C] : {std::array{35, 64, 288}, {17, 192, 768}, {8, 384, 2048}})
      benchmark->Args({B, side, N, C});
  benchmark->UseRealTime();
}
BENCHMARK_TEMPLATE(place_columns_cpu, float)->Apply(branches_of_inception);
BENCHMARK_TEMPLATE(place_columns_cpu, bfloat16)->Apply(branches_of_inception);

}  // namespace
}  // namespace eev

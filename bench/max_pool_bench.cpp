#include <benchmark/benchmark.h>

#include <eev/cpu/max_pool.hpp>

#include "roof.hpp"

namespace eev {
namespace {

// Images, height, width, channels of VGGish's four poolings.
template <class T>
void max_pool_cpu(benchmark::State& state) {
  const dim B = state.range(0), H = state.range(1), W = state.range(2), C = state.range(3);
  cpu::device device;
  auto x = device.take<T>(B, H, W, C), y = device.take<T>(B, H / 2, W / 2, C);
  std::fill(x.begin(), x.end(), T(0.5f));
  for (auto _ : state) max_pool(device, y, x);
  bench::report_bytes(state, 1.25 * double(x.size()) * sizeof(T));
}
void pools_of_vggish(benchmark::internal::Benchmark* benchmark) {
  for (int B : {1, 16})
    for (auto [H, W, C] : {std::array{96, 64, 64}, {48, 32, 128}, {24, 16, 256}, {12, 8, 512}})
      benchmark->Args({B, H, W, C});
  benchmark->UseRealTime();
}

// Images, places along a side, channels of SE-ResNet's pooling and Inception-v3's, by windows of 3.
template <class T>
void max_pool_of_3_cpu(benchmark::State& state) {
  const dim B = state.range(0), side = state.range(1), C = state.range(2);
  cpu::device device;
  auto x = device.take<T>(B, side, side, C), y = device.take<T>(B, side / 2, side / 2, C);
  std::fill(x.begin(), x.end(), T(0.5f));
  for (auto _ : state) max_pool(device, y, x, 3);
  bench::report_bytes(state, 1.25 * double(x.size()) * sizeof(T));
}
void pools_of_images(benchmark::internal::Benchmark* benchmark) {
  for (int B : {1, 8})
    for (auto [side, C] : {std::array{112, 64}, {147, 64}, {71, 192}, {35, 288}, {17, 768}})
      benchmark->Args({B, side, C});
  benchmark->UseRealTime();
}

BENCHMARK_TEMPLATE(max_pool_of_3_cpu, float)->Apply(pools_of_images);
BENCHMARK_TEMPLATE(max_pool_of_3_cpu, bfloat16)->Apply(pools_of_images);
BENCHMARK_TEMPLATE(max_pool_cpu, float)->Apply(pools_of_vggish);
BENCHMARK_TEMPLATE(max_pool_cpu, bfloat16)->Apply(pools_of_vggish);

}  // namespace
}  // namespace eev

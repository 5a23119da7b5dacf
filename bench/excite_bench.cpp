#include <benchmark/benchmark.h>

#include <eev/cpu/excite.hpp>

#include "roof.hpp"

namespace eev {
namespace {

// Images, places along a side, channels of the ends of SE-ResNet's blocks.
template <class T>
void excite_cpu(benchmark::State& state) {
  const dim B = state.range(0), side = state.range(1), C = state.range(2);
  cpu::device device;
  auto x = device.take<T>(B, side * side, C), y = device.take<T>(B, side * side, C);
  auto logits = device.take<float>(B, C);
  for (auto tensor : {x, y}) std::fill(tensor.begin(), tensor.end(), T(0.5f));
  std::fill(logits.begin(), logits.end(), -20.0f);  // so that y stays as it is
  for (auto _ : state) excite(device, y, x, logits);
  bench::report_bytes(state, 3.0 * double(x.size()) * sizeof(T));
}
void blocks_of_se_resnet(benchmark::internal::Benchmark* benchmark) {
  for (int B : {1, 8})
    for (auto [side, C] : {std::array{56, 256}, {28, 512}, {14, 1024}, {7, 2048}})
      benchmark->Args({B, side, C});
  benchmark->UseRealTime();
}
BENCHMARK_TEMPLATE(excite_cpu, float)->Apply(blocks_of_se_resnet);
BENCHMARK_TEMPLATE(excite_cpu, bfloat16)->Apply(blocks_of_se_resnet);

}  // namespace
}  // namespace eev

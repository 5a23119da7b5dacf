#include <benchmark/benchmark.h>

#include <eev/cpu/linear.hpp>

#include "roof.hpp"

namespace eev {
namespace {

// Rows, outputs, inputs.
template <class T>
void linear_cpu(benchmark::State& state) {
  const dim R = state.range(0), N = state.range(1), K = state.range(2);
  cpu::device device;
  const auto weight = device.pack<T>(std::vector<float>(N * K, 0.01f), N, K);
  const auto bias = device.keep(std::vector<float>(N, 0.5f));
  auto x = device.take<T>(R, K), y = device.take<T>(R, N);
  std::fill(x.begin(), x.end(), T(0.5f));
  for (auto _ : state) linear(device, y, x, weight, bias);
  bench::report_flops<T>(state, 2.0 * double(R * N * K));
}

// The qkv, proj, fc1 and fc2 layers of Swin-L's four stages, then VGGish's three.
void layers_of_the_backbones(benchmark::internal::Benchmark* benchmark) {
  for (int B : {1, 8}) {
    for (auto [tokens, C] : {std::array{3136, 192}, {784, 384}, {196, 768}, {49, 1536}})
      for (auto [N, K] : {std::array{3 * C, C}, {C, C}, {4 * C, C}, {C, 4 * C}})
        benchmark->Args({B * tokens, N, K});
    for (auto [N, K] : {std::array{4096, 12288}, {4096, 4096}, {128, 4096}}) benchmark->Args({2 * B, N, K});
  }
  benchmark->UseRealTime();
}
BENCHMARK_TEMPLATE(linear_cpu, float)->Apply(layers_of_the_backbones);
BENCHMARK_TEMPLATE(linear_cpu, bfloat16)->Apply(layers_of_the_backbones);

}  // namespace
}  // namespace eev

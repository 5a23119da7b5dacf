#include <benchmark/benchmark.h>

#include <eev/cpu/layer_norm.hpp>

#include "roof.hpp"

namespace eev {
namespace {

// Rows and channels of Swin-L's four stages at batch 1.
void layer_norm_cpu(benchmark::State& state) {
  const dim R = state.range(0), C = state.range(1);
  cpu::device device;
  auto y = device.take<float>(R, C), x = device.take<float>(R, C);
  auto gain = device.take<float>(C), bias = device.take<float>(C);
  for (auto tensor : {x.rows(), gain.rows(), bias.rows()}) std::fill(tensor.begin(), tensor.end(), 0.5f);
  for (auto _ : state) layer_norm(device, y, x, gain, bias, 1e-5f);
  bench::report_bytes(state, 2.0 * R * C * sizeof(float));
}
BENCHMARK(layer_norm_cpu)
    ->Args({3136, 192})
    ->Args({784, 384})
    ->Args({196, 768})
    ->Args({49, 1536})
    ->UseRealTime();

}  // namespace
}  // namespace eev

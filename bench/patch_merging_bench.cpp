#include <benchmark/benchmark.h>

#include <eev/cpu/patch_merging.hpp>

#include "roof.hpp"

namespace eev {
namespace {

// Side and channels before Swin-L's three mergings at batch 1.
void patch_merging_cpu(benchmark::State& state) {
  const dim side = state.range(0), C = state.range(1);
  cpu::device device;
  auto x = device.take<float>(1, side, side, C), y = device.take<float>(1, side / 2, side / 2, 4 * C);
  auto gain = device.take<float>(4 * C), bias = device.take<float>(4 * C);
  for (auto tensor : {x.rows(), gain.rows(), bias.rows()}) std::fill(tensor.begin(), tensor.end(), 0.5f);
  for (auto _ : state) patch_merging(device, y, x, gain, bias, 1e-5f);
  bench::report_bytes(state, 2.0 * double(x.size()) * sizeof(float));
}
BENCHMARK(patch_merging_cpu)->Args({56, 192})->Args({28, 384})->Args({14, 768})->UseRealTime();

}  // namespace
}  // namespace eev

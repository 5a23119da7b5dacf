#include <benchmark/benchmark.h>

#include <eev/cpu/clip_norm.hpp>

#include "roof.hpp"

namespace eev {
namespace {

// The parameters of the paper's head; a gradient that is too long, so that it is read twice and written once.
void clip_norm_cpu(benchmark::State& state) {
  const dim N = state.range(0);
  cpu::device device;
  auto gradient = device.take<float>(N), norm = device.take<float>(1);
  std::fill(gradient.begin(), gradient.end(), 0.5f);
  double limit = 1000;
  for (auto _ : state) clip_norm(device, gradient, norm, limit *= 0.999);
  bench::report_bytes(state, 3.0 * N * sizeof(float));
}
BENCHMARK(clip_norm_cpu)->Arg(14'000'000)->UseRealTime();

}  // namespace
}  // namespace eev

#include <benchmark/benchmark.h>

#include <eev/cpu/standardise.hpp>

#include "roof.hpp"

namespace eev {
namespace {

// Visual rows of one clip and of 64.
void standardise_cpu(benchmark::State& state) {
  const dim R = state.range(0), C = 1536;
  cpu::device device;
  auto y = device.take<float>(R, C), x = device.take<float>(R, C);
  auto mean = device.take<float>(C), deviation = device.take<float>(C);
  for (auto tensor : {x.rows(), mean.rows(), deviation.rows()}) std::fill(tensor.begin(), tensor.end(), 0.5f);
  for (auto _ : state) standardise(device, y, x, mean, deviation);
  bench::report_bytes(state, 2.0 * R * C * sizeof(float));
}
BENCHMARK(standardise_cpu)->Arg(60)->Arg(64 * 60)->UseRealTime();

}  // namespace
}  // namespace eev

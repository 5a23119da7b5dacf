#include <benchmark/benchmark.h>

#include <eev/cpu/mixture_of_experts.hpp>

#include "roof.hpp"

namespace eev {
namespace {

// The scores of the baseline for a batch of 128, and their way back.
void mixture_of_experts_cpu(benchmark::State& state) {
  const dim R = state.range(0), E = 15, M = 2;
  cpu::device device;
  auto y = device.take<float>(R, E), gates = device.take<float>(R, E * (M + 1)),
       experts = device.take<float>(R, E * M);
  for (auto tensor : {gates, experts}) std::fill(tensor.begin(), tensor.end(), 0.5f);
  for (auto _ : state) mixture_of_experts(device, y, gates, experts);
  bench::report_bytes(state, double(R * E * (2 * M + 2) * sizeof(float)));
}
BENCHMARK(mixture_of_experts_cpu)->Arg(128 * 60)->UseRealTime();

void mixture_of_experts_backward_cpu(benchmark::State& state) {
  const dim R = state.range(0), E = 15, M = 2;
  cpu::device device;
  auto y = device.take<float>(R, E), dy = device.take<float>(R, E);
  auto gates = device.take<float>(R, E * (M + 1)), experts = device.take<float>(R, E * M);
  auto dgates = device.take<float>(R, E * (M + 1)), dexperts = device.take<float>(R, E * M);
  for (auto tensor : {y, dy, gates, experts}) std::fill(tensor.begin(), tensor.end(), 0.5f);
  for (auto _ : state) mixture_of_experts_backward(device, dgates, dexperts, dy, y, gates, experts);
  bench::report_bytes(state, double(R * E * (4 * M + 4) * sizeof(float)));
}
BENCHMARK(mixture_of_experts_backward_cpu)->Arg(128 * 60)->UseRealTime();

}  // namespace
}  // namespace eev

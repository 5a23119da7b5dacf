#include <benchmark/benchmark.h>

#include <eev/cpu/gate_backward.hpp>

#include "roof.hpp"

namespace eev {
namespace {

// Fused rows of one clip and of a batch of 128.
void gate_backward_cpu(benchmark::State& state) {
  const dim R = state.range(0), C = 1280;
  cpu::device device;
  auto dx = device.take<float>(R, C), dlogits = device.take<float>(R, C), dy = device.take<float>(R, C);
  auto x = device.take<float>(R, C), logits = device.take<float>(R, C);
  for (auto tensor : {dy, x, logits}) std::fill(tensor.begin(), tensor.end(), 0.5f);
  for (auto _ : state) gate_backward(device, dx, dlogits, dy, x, logits);
  bench::report_bytes(state, 5.0 * R * C * sizeof(float));
}
BENCHMARK(gate_backward_cpu)->Arg(60)->Arg(128 * 60)->UseRealTime();

// Scores of a batch of 128.
void sigmoid_backward_cpu(benchmark::State& state) {
  const dim R = state.range(0), C = 15;
  cpu::device device;
  auto dx = device.take<float>(R, C), dy = device.take<float>(R, C), y = device.take<float>(R, C);
  for (auto tensor : {dy, y}) std::fill(tensor.begin(), tensor.end(), 0.5f);
  for (auto _ : state) sigmoid_backward(device, dx, dy, y);
  bench::report_bytes(state, 3.0 * R * C * sizeof(float));
}
BENCHMARK(sigmoid_backward_cpu)->Arg(128 * 60)->UseRealTime();

}  // namespace
}  // namespace eev

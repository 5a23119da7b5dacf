#include <benchmark/benchmark.h>

#include <eev/cpu/class_loss.hpp>

#include "roof.hpp"

namespace eev {
namespace {

// Both embeddings of 128 clips against each other, and against all of EEV's videos.
void class_loss_cpu(benchmark::State& state) {
  const dim R = state.range(0), N = state.range(1);
  cpu::device device;
  auto loss = device.take<float>(1), classes = device.take<float>(R);
  auto logits = device.take<float>(R, N), dlogits = device.take<float>(R, N);
  std::fill(logits.begin(), logits.end(), 0.5f);
  std::fill(classes.begin(), classes.end(), 0.0f);
  loss(0) = 0;
  for (auto _ : state) class_loss(device, loss, dlogits, logits, classes, 1);
  bench::report_bytes(state, 2.0 * double(R * N) * sizeof(float));
}
BENCHMARK(class_loss_cpu)->Args({128, 128})->Args({256, 3061})->UseRealTime();

}  // namespace
}  // namespace eev

#include <benchmark/benchmark.h>

#include <eev/cpu/resize.hpp>

#include "roof.hpp"

namespace eev {
namespace {

// Height and width of a video's frames, to 224x224.
void resize_cpu(benchmark::State& state) {
  const dim H = state.range(0), W = state.range(1);
  cpu::device device;
  auto y = device.take<std::uint8_t>(224, 224, 3), x = device.take<std::uint8_t>(H, W, 3);
  for (dim i = 0; i < x.size(); ++i) x.data[i] = std::uint8_t(i * i % 251);
  for (auto _ : state) resize(device, y, x);
  bench::report_bytes(state, double(x.size() + y.size()));
}
BENCHMARK(resize_cpu)
    ->Args({360, 640})
    ->Args({720, 1280})
    ->Args({1280, 720})
    ->Args({1080, 1920})
    ->UseRealTime();

}  // namespace
}  // namespace eev

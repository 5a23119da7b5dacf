#include <benchmark/benchmark.h>

#include <eev/cpu/image_patches.hpp>

#include "roof.hpp"

namespace eev {
namespace {

void image_patches_cpu(benchmark::State& state) {
  const dim B = state.range(0);
  cpu::device device;
  auto rgb = device.take<std::uint8_t>(B, 224, 224, 3);
  auto y = device.take<float>(B, 56, 56, 48);
  for (dim i = 0; i < rgb.size(); ++i) rgb.data[i] = std::uint8_t(i % 251);
  for (auto _ : state) image_patches(device, y, rgb);
  bench::report_bytes(state, double(rgb.size()) + double(y.size()) * sizeof(float));
}
BENCHMARK(image_patches_cpu)->Arg(1)->Arg(8)->UseRealTime();

}  // namespace
}  // namespace eev

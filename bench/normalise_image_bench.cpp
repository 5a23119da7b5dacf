#include <benchmark/benchmark.h>

#include <eev/cpu/normalise_image.hpp>

#include "roof.hpp"

namespace eev {
namespace {

template <class T>
void normalise_image_cpu(benchmark::State& state) {
  const dim B = state.range(0);
  cpu::device device;
  auto rgb = device.take<std::uint8_t>(B, 224, 224, 3);
  auto y = device.take<T>(B, 224, 224, 3);
  for (dim i = 0; i < rgb.size(); ++i) rgb.data[i] = std::uint8_t(i % 251);
  for (auto _ : state) normalise_image(device, y, rgb, imagenet_statistics);
  bench::report_bytes(state, double(rgb.size()) + double(y.size()) * sizeof(T));
}
BENCHMARK_TEMPLATE(normalise_image_cpu, float)->Arg(1)->Arg(8)->UseRealTime();
BENCHMARK_TEMPLATE(normalise_image_cpu, bfloat16)->Arg(8)->UseRealTime();

}  // namespace
}  // namespace eev

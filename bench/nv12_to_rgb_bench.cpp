#include <benchmark/benchmark.h>

#include <eev/cpu/nv12_to_rgb.hpp>

#include "roof.hpp"

namespace eev {
namespace {

// Height and width of a video's frames.
void nv12_to_rgb_cpu(benchmark::State& state) {
  const dim H = state.range(0), W = state.range(1);
  cpu::device device;
  auto rgb = device.take<std::uint8_t>(H, W, 3), chroma = device.take<std::uint8_t>(H / 2, W / 2, 2);
  auto luma = device.take<std::uint8_t>(H, W);
  for (dim i = 0; i < luma.size(); ++i) luma.data[i] = std::uint8_t(i * i % 251);
  for (dim i = 0; i < chroma.size(); ++i) chroma.data[i] = std::uint8_t(i * i % 249);
  for (auto _ : state) nv12_to_rgb(device, rgb, luma, chroma, bt709);
  bench::report_bytes(state, double(rgb.size() + luma.size() + chroma.size()));
}
BENCHMARK(nv12_to_rgb_cpu)->Args({720, 1280})->Args({1080, 1920})->UseRealTime();

}  // namespace
}  // namespace eev

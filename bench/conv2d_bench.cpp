#include <benchmark/benchmark.h>

#include <eev/cpu/conv2d.hpp>

#include "roof.hpp"

namespace eev {
namespace {

// Images, height, width, channels in and out of VGGish's six 3x3 convolutions.
template <class T>
void conv2d_cpu(benchmark::State& state) {
  const dim B = state.range(0), H = state.range(1), W = state.range(2), C = state.range(3),
            N = state.range(4);
  cpu::device device;
  const auto filters = device.pack<T>(std::vector<float>(N * C * 9, 0.01f), N, C, 3, 3);
  const auto bias = device.keep(std::vector<float>(N, 0.5f));
  auto x = device.take<T>(B, H, W, C), y = device.take<T>(B, H, W, N);
  std::fill(x.begin(), x.end(), T(0.5f));
  for (auto _ : state) conv2d(device, y, x, filters, bias, {1, 1}, {1, 1}, epilogue::relu);
  bench::report_flops<T>(state, 2.0 * 9 * double(B * H * W * C * N));
}
void layers_of_vggish(benchmark::internal::Benchmark* benchmark) {
  for (int B : {1, 16})
    for (auto [H, W, C, N] : {std::array{96, 64, 1, 64},
                              {48, 32, 64, 128},
                              {24, 16, 128, 256},
                              {24, 16, 256, 256},
                              {12, 8, 256, 512},
                              {12, 8, 512, 512}})
      benchmark->Args({B, H, W, C, N});
  benchmark->UseRealTime();
}

// Images, places along a side, channels of SE-ResNeXt's convolutions in 32 groups.
template <class T>
void conv2d_in_groups_cpu(benchmark::State& state) {
  const dim B = state.range(0), side = state.range(1), C = state.range(2), groups = 32;
  cpu::device device;
  const auto filters = device.pack<T>(std::vector<float>(C * C / groups * 9, 0.01f), C, C / groups, 3, 3);
  const auto bias = device.keep(std::vector<float>(C, 0.5f));
  auto x = device.take<T>(B, side, side, C), y = device.take<T>(B, side, side, C);
  std::fill(x.begin(), x.end(), T(0.5f));
  for (auto _ : state) conv2d(device, y, x, filters, bias, {1, 1}, {1, 1}, epilogue::relu);
  bench::report_flops<T>(state, 2.0 * 9 * double(x.size()) * double(C / groups));
}
void layers_of_se_resnext(benchmark::internal::Benchmark* benchmark) {
  for (int B : {1, 8})
    for (auto [side, C] : {std::array{56, 128}, {28, 256}, {14, 512}, {7, 1024}})
      benchmark->Args({B, side, C});
  benchmark->UseRealTime();
}

BENCHMARK_TEMPLATE(conv2d_cpu, float)->Apply(layers_of_vggish);
BENCHMARK_TEMPLATE(conv2d_in_groups_cpu, float)->Apply(layers_of_se_resnext);
BENCHMARK_TEMPLATE(conv2d_in_groups_cpu, bfloat16)->Apply(layers_of_se_resnext);
BENCHMARK_TEMPLATE(conv2d_cpu, bfloat16)->Apply(layers_of_vggish);

}  // namespace
}  // namespace eev

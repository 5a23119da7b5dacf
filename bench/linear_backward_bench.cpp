#include <benchmark/benchmark.h>

#include <eev/cpu/linear_backward.hpp>

#include "roof.hpp"

namespace eev {
namespace {

// Rows, outputs, inputs: a batch of 128 minutes through the layers of the paper's head.
void layers_of_the_head(benchmark::internal::Benchmark* benchmark) {
  for (auto [N, K] : {std::array{3072, 1536}, {3072, 1024}, {1280, 1280}, {768, 128}, {15, 1280}})
    benchmark->Args({128 * 60, N, K});
  benchmark->UseRealTime();
}

struct layer {
  dim R, N, K;
  cpu::device device{};
  view<float, 2> x = filled(R, K), y = filled(R, N), weight = filled(N, K);
  view<float, 1> bias = filled(1, N)[0];

  explicit layer(const benchmark::State& state) : R(state.range(0)), N(state.range(1)), K(state.range(2)) {}
  view<float, 2> filled(dim rows, dim columns) {
    auto tensor = device.take<float>(rows, columns);
    std::fill(tensor.begin(), tensor.end(), 0.01f);
    return tensor;
  }
};

void linear_forward_cpu(benchmark::State& state) {
  layer l(state);
  for (auto _ : state) linear_forward(l.device, l.y, l.x, l.weight, l.bias);
  bench::report_flops(state, 2.0 * double(l.R * l.N * l.K));
}
BENCHMARK(linear_forward_cpu)->Apply(layers_of_the_head);

void linear_backward_cpu(benchmark::State& state) {
  layer l(state);
  auto dx = l.filled(l.R, l.K), dweight = l.filled(l.N, l.K);
  auto dbias = l.device.take<float>(l.N);
  for (auto _ : state) linear_backward(l.device, dx, dweight, dbias, l.y, l.x, l.weight);
  bench::report_flops(state, 4.0 * double(l.R * l.N * l.K));
}
BENCHMARK(linear_backward_cpu)->Apply(layers_of_the_head);

}  // namespace
}  // namespace eev

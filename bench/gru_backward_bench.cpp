#include <benchmark/benchmark.h>

#include <eev/cpu/gru_backward.hpp>

#include "roof.hpp"

namespace eev {
namespace {

// Clips of a minute and units of the paper's two GRUs.
struct recurrence {
  dim B, T = 60, U;
  cpu::device device{};
  view<float, 3> y = device.take<float>(B, T, 2 * U), weight = device.take<float>(2, 3 * U, U);
  view<float, 4> projected = device.take<float>(B, T, 2, 3 * U), kept = device.take<float>(B, T, 2, 4 * U);
  view<float, 2> bias = device.take<float>(2, 3 * U);

  explicit recurrence(const benchmark::State& state) : B(state.range(0)), U(state.range(1)) {
    std::fill(weight.begin(), weight.end(), 0.01f);
    std::fill(projected.begin(), projected.end(), 0.1f);
    std::fill(bias.begin(), bias.end(), 0.1f);
  }
};

void gru_forward_cpu(benchmark::State& state) {
  recurrence r(state);
  for (auto _ : state) gru_forward(r.device, r.y, r.kept, r.projected, r.weight, r.bias);
  bench::report_flops(state, 2.0 * double(r.B * r.T * 2 * 3 * r.U * r.U));
}
BENCHMARK(gru_forward_cpu)->Args({128, 512})->Args({128, 128})->Args({8, 512})->UseRealTime();

void gru_backward_cpu(benchmark::State& state) {
  recurrence r(state);
  auto dweight = r.device.take<float>(2, 3 * r.U, r.U);
  auto dbias = r.device.take<float>(2, 3 * r.U);
  gru_forward(r.device, r.y, r.kept, r.projected, r.weight, r.bias);
  for (auto _ : state) gru_backward(r.device, r.projected, dweight, dbias, r.y, r.y, r.kept, r.weight);
  bench::report_flops(state, 4.0 * double(r.B * r.T * 2 * 3 * r.U * r.U));
}
BENCHMARK(gru_backward_cpu)->Args({128, 512})->Args({128, 128})->Args({8, 512})->UseRealTime();

}  // namespace
}  // namespace eev

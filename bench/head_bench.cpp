#include <benchmark/benchmark.h>

#include <eev/cpu/concatenate.hpp>
#include <eev/cpu/gate.hpp>
#include <eev/cpu/gru.hpp>
#include <eev/cpu/linear.hpp>
#include <eev/cpu/mixture_of_experts.hpp>
#include <eev/cpu/standardise.hpp>
#include <eev/head/head.hpp>
#include <eev/io/formula_weights.hpp>

#include "roof.hpp"

namespace eev {
namespace {

/// Multiply-adds of one row, counted twice.
double flops_of_scores(const head_shape& shape) {
  const auto gru = [&](double inputs, double units) {
    return 6 * units * (inputs + units) + (shape.layers - 1) * 6 * units * 3 * units;
  };
  const double fused = double(shape.fused()), E = double(shape.expressions);
  return 2 * (gru(double(shape.visual), double(shape.visual_units)) +
              gru(double(shape.audio), double(shape.audio_units)) + fused * fused + fused * E + E * E);
}

// Clips of a minute through the paper's head.
void head_cpu(benchmark::State& state) {
  const dim B = state.range(0), T = 60;
  const head_shape shape;
  cpu::device device;
  const head<cpu::device> network(device, weights(std::make_shared<io::formula_source>()), shape);
  auto y = device.take<float>(B, T, shape.expressions);
  auto visual = device.take<float>(B, T, shape.visual), audio = device.take<float>(B, T, shape.audio);
  for (auto tensor : {visual, audio}) std::fill(tensor.begin(), tensor.end(), 0.5f);
  for (auto _ : state) network(device, y, visual, audio);
  bench::report_flops(state, double(B * T) * flops_of_scores(shape));
}
BENCHMARK(head_cpu)->Arg(1)->Arg(8)->Arg(32)->Arg(64)->UseRealTime();

}  // namespace
}  // namespace eev

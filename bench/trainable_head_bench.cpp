#include <benchmark/benchmark.h>

#include <eev/train.hpp>

#include "roof.hpp"

namespace eev {
namespace {

/// Multiply-adds of a clip's row, counted twice, forwards and for both gradients on the way back; nobody asks
/// for the gradient of the features.
double flops_of_step(const head_shape& shape) {
  const auto gru = [&](double inputs, double units) {
    return 2 * 6 * units * inputs + 3 * 6 * units * (units + (shape.layers - 1) * 3 * units);
  };
  const double fused = double(shape.fused()), E = double(shape.expressions);
  return 2 * (gru(double(shape.visual), double(shape.visual_units)) +
              gru(double(shape.audio), double(shape.audio_units)) + 3 * (fused * fused + fused * E + E * E));
}

// A step of the paper's training: clips of a minute, both losses, Adam. A batch of 128 is the paper's.
template <class Factor>
void train_step_cpu(benchmark::State& state) {
  const dim B = state.range(0), T = 60;
  const head_shape shape;
  cpu::device device;
  device.round_factors(std::is_same_v<Factor, bfloat16>);
  train::trainable_head<cpu::device> head(device, shape, 1);
  train::adam_optimizer<cpu::device> adam(device, head.layout().size());
  auto visual = device.take<float>(B, T, shape.visual), audio = device.take<float>(B, T, shape.audio);
  auto labels = device.take<float>(B, T, shape.expressions);
  auto mask = device.take<float>(B, T);
  for (dim i = 0; i < visual.size(); ++i) visual.data[i] = unit_of(random_bits(1, i)) - 0.5f;
  for (dim i = 0; i < audio.size(); ++i) audio.data[i] = unit_of(random_bits(2, i)) - 0.5f;
  for (dim i = 0; i < labels.size(); ++i) labels.data[i] = unit_of(random_bits(3, i));
  std::fill(mask.begin(), mask.end(), 1.0f);
  dim step = 0;
  for (auto _ : state) {
    head.gradients(device, {visual, audio, labels, mask}, train::find_loss("l1"), 0.3f,
                   random_stream(1, step++));
    adam.step(device, head.parameters(), head.gradients(), {});
  }
  bench::report_flops<Factor>(state, double(B * T) * flops_of_step(shape));
}
BENCHMARK_TEMPLATE(train_step_cpu, float)->Arg(8)->Arg(128)->UseRealTime()->Unit(benchmark::kSecond);
BENCHMARK_TEMPLATE(train_step_cpu, bfloat16)->Arg(8)->Arg(128)->UseRealTime()->Unit(benchmark::kSecond);

}  // namespace
}  // namespace eev

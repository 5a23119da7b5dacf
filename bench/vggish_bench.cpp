#include <benchmark/benchmark.h>

#include <eev/cpu/conv2d.hpp>
#include <eev/cpu/linear.hpp>
#include <eev/cpu/max_pool.hpp>
#include <eev/features/vggish.hpp>
#include <eev/io/formula_weights.hpp>

#include "roof.hpp"

namespace eev {
namespace {

// The whole network at full size; patches a second.
template <class T>
void vggish_cpu(benchmark::State& state) {
  const dim B = state.range(0);
  cpu::device device;
  const weights formula{std::make_shared<io::formula_source>()};
  const features::vggish<cpu::device, T> network(device, formula, features::find_vggish("vggish"));
  auto patches = device.take<T>(B, features::patch_frames, mel_bands);
  auto y = device.take<float>(B, network.features());
  for (dim i = 0; i < patches.size(); ++i) patches.data[i] = T(float(i * 7919 % 601 - 450) / 100);
  for (auto _ : state) network(device, y, patches);
  bench::report_flops<T>(state, 1.728e9 * double(B));
  state.counters["patches/s"] = benchmark::Counter(double(B), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK_TEMPLATE(vggish_cpu, float)->Arg(1)->Arg(16)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_TEMPLATE(vggish_cpu, bfloat16)->Arg(1)->Arg(16)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace eev

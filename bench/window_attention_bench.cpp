#include <benchmark/benchmark.h>

#include <eev/cpu/window_attention.hpp>

#include "roof.hpp"

namespace eev {
namespace {

// Side, channels and shift of Swin-L's four stages at batch 1.
template <class T>
void window_attention_cpu(benchmark::State& state) {
  const dim side = state.range(0), C = state.range(1), shift = state.range(2), heads = C / 32;
  cpu::device device;
  auto y = device.take<T>(1, side, side, C), qkv = device.take<T>(1, side, side, 3 * C);
  auto bias = device.take<float>(heads, window_tokens, window_tokens);
  for (dim i = 0; i < qkv.size(); ++i) qkv.data[i] = T(float(i % 17) * 0.1f);
  std::fill(bias.begin(), bias.end(), 0.5f);
  for (auto _ : state) window_attention(device, y, qkv, bias, shift);
  bench::report_flops(state, 4.0 * double(side * side) * window_tokens * double(C));
}
BENCHMARK(window_attention_cpu<float>)
    ->Args({56, 192, 0})
    ->Args({56, 192, 3})
    ->Args({28, 384, 3})
    ->Args({14, 768, 3})
    ->Args({7, 1536, 0})
    ->UseRealTime();
BENCHMARK(window_attention_cpu<bfloat16>)->Args({56, 192, 3})->Args({14, 768, 3})->UseRealTime();

}  // namespace
}  // namespace eev

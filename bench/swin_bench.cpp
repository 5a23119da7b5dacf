#include <eev/cpu/image_patches.hpp>
#include <eev/cpu/linear.hpp>
#include <eev/cpu/mean_pool.hpp>
#include <eev/cpu/patch_merging.hpp>
#include <eev/cpu/window_attention.hpp>
#include <eev/features/swin.hpp>

#include "visual.hpp"

namespace eev {
namespace {

/// Multiply-adds of one image, counted from the shapes: products, attention and patch embedding.
double swin_flops(const features::swin_shape& shape) {
  double sum = 56 * 56 * 48.0 * shape.embed, C = shape.embed, tokens = 56 * 56;
  for (dim stage = 0; stage < 4; ++stage) {
    if (stage > 0) C *= 2, tokens /= 4, sum += tokens * 2 * C * C;  // reduction: 4 (C / 2) inputs
    sum += double(shape.depths[stage]) * (tokens * 12 * C * C + tokens * 2 * window_tokens * C);
  }
  return 2 * sum;
}

template <class T>
void swin_cpu(benchmark::State& state, const char* name) {
  const auto& shape = features::find_swin(name);
  bench::see<T>(state, shape, swin_flops(shape));
}
void swin_large_fp32(benchmark::State& state) { swin_cpu<float>(state, "swin-large"); }
void swin_large_bf16(benchmark::State& state) { swin_cpu<bfloat16>(state, "swin-large"); }
void swin_demo_fp32(benchmark::State& state) { swin_cpu<float>(state, "swin-demo"); }
BENCHMARK(swin_large_fp32)->Arg(1)->Arg(8)->UseRealTime()->Unit(benchmark::kSecond);
BENCHMARK(swin_large_bf16)->Arg(1)->Arg(8)->UseRealTime()->Unit(benchmark::kSecond);
BENCHMARK(swin_demo_fp32)->Arg(8)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace eev

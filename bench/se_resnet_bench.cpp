#include <eev/cpu/conv2d.hpp>
#include <eev/cpu/excite.hpp>
#include <eev/cpu/linear.hpp>
#include <eev/cpu/max_pool.hpp>
#include <eev/cpu/mean_pool.hpp>
#include <eev/cpu/normalise_image.hpp>
#include <eev/features/se_resnet.hpp>

#include "visual.hpp"

namespace eev {
namespace {

// Multiply-adds of an image, counted twice: those of timm's convolutions. The roof is that of float: bfloat16
// may reach twice as much where the processor multiplies it.
template <class T>
void se_resnet50(benchmark::State& state) {
  bench::see<T>(state, features::se_resnet_shapes[0], 2 * 3.858e9);
}
template <class T>
void se_resnext101(benchmark::State& state) {
  bench::see<T>(state, features::se_resnet_shapes[1], 2 * 7.973e9);
}
BENCHMARK_TEMPLATE(se_resnet50, float)->Arg(1)->Arg(8)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(se_resnet50, bfloat16)->Arg(8)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(se_resnext101, float)->Arg(1)->Arg(8)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(se_resnext101, bfloat16)->Arg(8)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace eev

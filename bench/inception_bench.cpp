#include <eev/cpu/average_pool.hpp>
#include <eev/cpu/conv2d.hpp>
#include <eev/cpu/max_pool.hpp>
#include <eev/cpu/mean_pool.hpp>
#include <eev/cpu/normalise_image.hpp>
#include <eev/cpu/place_columns.hpp>
#include <eev/features/inception.hpp>

#include "visual.hpp"

namespace eev {
namespace {

// Multiply-adds of an image, counted twice: those of torchvision's convolutions. The roof is that of float:
// bfloat16 may reach twice as much where the processor multiplies it.
template <class T>
void inception_v3(benchmark::State& state) {
  bench::see<T>(state, features::inception_shapes[0], 2 * 5.711e9);
}
BENCHMARK_TEMPLATE(inception_v3, float)->Arg(1)->Arg(8)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_TEMPLATE(inception_v3, bfloat16)->Arg(8)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace eev

#include <doctest/doctest.h>

#include <eev/cuda/image_patches.hpp>
#include <eev/cuda/layer_norm.hpp>
#include <eev/cuda/linear.hpp>
#include <eev/cuda/mean_pool.hpp>
#include <eev/cuda/patch_merging.hpp>
#include <eev/cuda/window_attention.hpp>
#include <eev/features/swin.hpp>
#include <eev/reference/image_patches.hpp>
#include <eev/reference/linear.hpp>
#include <eev/reference/mean_pool.hpp>
#include <eev/reference/patch_merging.hpp>
#include <eev/reference/window_attention.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "faulty_source.hpp"
#include "formula_inputs.hpp"

using namespace eev;
using namespace eev::test;

namespace {

const features::swin_shape& demo = features::find_swin("swin-demo");

/// Features of one frame, matrix products in T.
template <class T>
std::vector<float> on_gpu(const std::vector<std::uint8_t>& frame) {
  cuda::device device;
  const features::swin<cuda::device, T> network(device, formula_weights(), demo);
  const device_tensor<std::uint8_t> rgb(device, frame);
  const device_tensor<float> y(device, demo.features());
  network(device, y.as(1, demo.features()), rgb.as(1, 224, 224, 3));
  return y.values();
}

}  // namespace

TEST_CASE("large: the whole small Swin, 1 to 8 heads, agrees with the reference") {
  const auto frame = formula_image(1, 224, 224);
  std::vector<double> expected(demo.features());
  reference::device<double> exact;
  const features::swin<reference::device<double>> network(exact, formula_weights(), demo);
  network(exact, shaped(expected, 1, demo.features()), shaped(frame, 1, 224, 224, 3));

  CHECK(relative_difference(on_gpu<float>(frame), expected) < 1e-5);  // measured on the CPU runner: 5e-7
  CHECK(relative_difference(on_gpu<bfloat16>(frame), expected) <
        0.016);  // measured on the CPU runner: 0.011; PyTorch has 0.018
}

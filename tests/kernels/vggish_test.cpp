// From samples to rows of sound, the small VGGish of the demo through the kernels.
#include <doctest/doctest.h>

#include <eev/cuda/conv2d.hpp>
#include <eev/cuda/linear.hpp>
#include <eev/cuda/log_mel.hpp>
#include <eev/cuda/max_pool.hpp>
#include <eev/features/sound_patches.hpp>
#include <eev/features/vggish.hpp>
#include <eev/reference/conv2d.hpp>
#include <eev/reference/linear.hpp>
#include <eev/reference/log_mel.hpp>
#include <eev/reference/max_pool.hpp>

#include "close.hpp"
#include "faulty_source.hpp"
#include "formula_sound.hpp"
#include "golden.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

namespace {

/// Rows 0 .. B - 1 of a sound, without the last ReLU, which would hide half of the errors.
template <class T, class Device>
std::vector<typename Device::scalar> rows_of(const std::vector<float>& sound, dim B) {
  using scalar = typename Device::scalar;
  Device device;
  const auto& shape = features::find_vggish("vggish-demo");
  const features::vggish<Device, T> network(device, formula_weights(), shape);
  features::sound_patches<Device, T> patches(2);  // rows a second, so that they overlap
  patches.push(shaped(sound, sound.size()), dim(sound.size()));
  patches.finish(dim(sound.size()), B);

  auto scope = device.scope();
  auto spectrograms = device.template take<T>(B, features::patch_frames, mel_bands);
  patches.take(device, spectrograms);
  auto features = device.template take<scalar>(B, shape.features());
  network(device, features, spectrograms, false);
  std::vector<scalar> rows(B * shape.features());
  device.download(shaped(rows, B, shape.features()), features);
  return rows;
}

}  // namespace

TEST_CASE("large: the demo's VGGish on the GPU agrees with the reference, from samples to rows") {
  const golden pytorch("vggish_demo");
  const double half = rms_difference(pytorch["bfloat16"].values, pytorch["features"].values);
  const auto sound = formula_sound(24000);  // the last row ends in silence
  const auto exact = rows_of<double, reference::device<double>>(sound, 3);
  in_every_order([&] {
    const double ours = relative_difference(rows_of<float, cuda::device>(sound, 3), exact);
    const double ours_half = rms_difference(rows_of<bfloat16, cuda::device>(sound, 3), exact);
    MESSAGE("error of fp32 ", ours, ", of bf16 ", ours_half, " (PyTorch's ", half, ")");
    CHECK(ours < 1e-5);
    CHECK(ours_half < 1.2 * half);
  });
}

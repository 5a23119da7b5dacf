#include <doctest/doctest.h>

#include <eev/cuda/log_mel.hpp>
#include <eev/reference/log_mel.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "formula_sound.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

namespace {

std::vector<double> expected(const std::vector<float>& samples) {
  reference::device<double> device;
  const dim F = frames_of(dim(samples.size()));
  std::vector<double> y(F * mel_bands);
  log_mel(device, shaped(y, F, mel_bands), shaped(as_double(samples), samples.size()));
  return y;
}

template <class T>
std::vector<T> on_gpu(const std::vector<float>& samples, dim skip = 0) {
  cuda::device device;
  const dim F = frames_of(dim(samples.size()));
  const device_tensor<float> from(device, samples, skip);
  const device_tensor<T> y(device, F * mel_bands);
  log_mel(device, y.as(F, mel_bands), from.tensor());
  return y.values();
}

}  // namespace

TEST_CASE(
    "log-mel agrees with the reference, whether frames fill the blocks, and whatever samples are left over") {
  for (dim samples : {400, 1999, 2000, 400 + 8 * 160 + 1}) {
    auto sound = formula_sound(samples);
    if (samples == 2000) std::fill(sound.begin() + 500, sound.end(), 0.0f);  // silence
    const auto exact = expected(sound);
    in_every_order([&] {
      INFO(samples, " samples");
      // Values from -4.6 to 4. Measured on the CPU runner: 2.3e-6 and 0.0115 (one rounding of values below
      // 4).
      CHECK(largest_difference(on_gpu<float>(sound), exact) < 1e-5);
      CHECK(largest_difference(on_gpu<bfloat16>(sound), exact) < 1.0 / 64);
      CHECK(on_gpu<float>(sound, 1) == on_gpu<float>(sound));  // not at pairs of samples
    });
  }
}

TEST_CASE("large: log-mel agrees with the reference where a block has several frames a warp") {
  const dim F = 528 * 8 + 5;
  const auto sound = formula_sound((F - 1) * frame_hop + frame_samples);
  const std::vector<float> last(sound.end() - 12 * frame_hop - frame_samples, sound.end());
  const auto exact = expected(last);  // of the last 13 frames, which are the second of their warps, or nearly
  const auto y = on_gpu<float>(sound);
  CHECK(largest_difference(std::vector<float>(y.end() - 13 * mel_bands, y.end()), exact) < 1e-5);
}

TEST_CASE("log-mel keeps a not-a-number to the frames that hear it") {
  auto sound = formula_sound(2000);
  sound[500] = NAN;  // frames 1, 2 and 3 are from samples 160, 320, 480 on
  const auto y = on_gpu<float>(sound);
  for (dim i = 0; i < dim(y.size()); ++i) {
    const dim f = i / mel_bands;
    CHECK(std::isnan(y[i]) == (f >= 1 && f <= 3));
  }
}

TEST_CASE("log-mel of less than a frame is empty, one of another shape is refused") {
  cuda::device device;
  CHECK(on_gpu<float>(formula_sound(399)).empty());
  const device_tensor<float> samples(device, 400), y(device, 128);
  CHECK_THROWS_WITH_AS(log_mel(device, y.as(2, 64), samples.tensor()),
                       "log_mel: y [2, 64], samples [400]; expected y [1, 64]", error);
}

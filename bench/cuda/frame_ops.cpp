// From a decoder's frame to what a network reads: one frame of 1080p, and 64 prepared images.
#include <eev/core/bfloat16.hpp>
#include <eev/cuda.hpp>

#include "meter.hpp"

namespace eev::bench {
namespace {

const registered colours("nv12_to_rgb", [](meter& meter) {
  const dim H = 1080, W = 1920;
  const auto luma = meter.filled<std::uint8_t>(H, W);
  const auto chroma = meter.filled<std::uint8_t>(H / 2, W / 2, 2);
  auto rgb = meter.device.take<std::uint8_t>(H, W, 3);
  meter.report("nv12_to_rgb", "1080p", "bytes", 1, {0, 4.5 * H * W},
               [&] { nv12_to_rgb(meter.device, rgb, luma, chroma, bt709); });
});

const registered resizes("resize", [](meter& meter) {
  const dim H = 1080, W = 1920, side = 224;
  const auto x = meter.filled<std::uint8_t>(H, W, 3);
  auto y = meter.device.take<std::uint8_t>(side, side, 3);
  meter.report("resize", "1080p to 224x224", "bytes", 1, {0, 3.0 * (H * W + side * side)},
               [&] { resize(meter.device, y, x); });
});

template <class T>
void cut_patches(meter& meter) {
  auto scope = meter.device.scope();
  const dim B = 64, side = 224;
  const auto rgb = meter.filled<std::uint8_t>(B, side, side, 3);
  auto y = meter.device.take<T>(B, side / 4, side / 4, 48);
  meter.report("image_patches", "224x224", precision_of<T>, B, {0, double(rgb.size()) * (1 + sizeof(T))},
               [&] { image_patches(meter.device, y, rgb); });
}
const registered patches("image_patches", [](meter& meter) {
  cut_patches<float>(meter);
  cut_patches<bfloat16>(meter);
});

const registered pools("mean_pool", [](meter& meter) {
  const dim B = 64, C = 1536;
  const auto x = meter.filled<float>(B, 49, C);
  auto y = meter.device.take<float>(B, C);
  meter.report("mean_pool", "7x7x1536", "fp32", B, {0, 4.0 * (x.size() + y.size())},
               [&] { mean_pool(meter.device, y, x); });
});

}  // namespace
}  // namespace eev::bench

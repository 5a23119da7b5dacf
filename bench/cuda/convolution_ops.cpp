// The operations of SE-ResNeXt-101 and Inception-v3 at batch 64 that are kernels of ours, where the image is
// large.
#include <eev/core/bfloat16.hpp>
#include <eev/cuda.hpp>

#include "meter.hpp"

namespace eev::bench {
namespace {

constexpr dim images = 64;
using element = bfloat16;

const registered excitations("excite", [](meter& meter) {
  auto scope = meter.device.scope();
  const dim N = 56 * 56, C = 256;
  const auto x = meter.filled<element>(images, N, C);
  const auto y = meter.filled<element>(images, N, C);
  const auto logits = meter.filled<float>(images, C);
  meter.report("excite", "56x56x256", "bf16", images, {0, 3.0 * x.size() * sizeof(element)},
               [&] { excite(meter.device, y, x, logits); });
});

const registered averages("average_pool", [](meter& meter) {
  auto scope = meter.device.scope();
  const auto x = meter.filled<element>(images, dim{35}, dim{35}, dim{288});
  const auto y = meter.device.take<element>(images, 35, 35, 288);
  meter.report("average_pool", "35x35x288", "bf16", images, {0, 2.0 * x.size() * sizeof(element)},
               [&] { average_pool(meter.device, y, x); });
});

const registered placements("place_columns", [](meter& meter) {
  auto scope = meter.device.scope();
  const dim R = images * 35 * 35;
  const auto x = meter.filled<element>(R, dim{96});
  const auto y = meter.device.take<element>(R, 288);
  meter.report("place_columns", "96 of 288", "bf16", images, {0, 2.0 * x.size() * sizeof(element)},
               [&] { place_columns(meter.device, y, x, 128); });
});

const registered normalisations("normalise_image", [](meter& meter) {
  auto scope = meter.device.scope();
  const auto rgb = meter.device.take<std::uint8_t>(images, 299, 299, 3);
  const auto y = meter.device.take<element>(images, 299, 299, 3);
  meter.report("normalise_image", "299x299", "bf16", images, {0, double(rgb.size()) * (1 + sizeof(element))},
               [&] { normalise_image(meter.device, y, rgb, centred_statistics); });
});

const registered maxima("max_pool", [](meter& meter) {
  auto scope = meter.device.scope();
  const auto x = meter.filled<element>(images, dim{112}, dim{112}, dim{64});
  const auto y = meter.device.take<element>(images, 56, 56, 64);
  meter.report("max_pool", "112x112x64 by 3", "bf16", images, {0, 1.25 * x.size() * sizeof(element)},
               [&] { max_pool(meter.device, y, x, 3); });
});

/// Filters of 3 x 3 in `groups`, as in SE-ResNeXt's second stage and in VGGish.
void convolve(meter& meter, const std::string& what, dim side, dim C, dim N, dim groups) {
  auto scope = meter.device.scope();
  const auto x = meter.filled<element>(images, side, side, C);
  const auto filters = meter.filled<element>(N, dim{3}, dim{3}, C / groups);  // as the device packs them
  const auto bias = meter.kept(N);
  const auto y = meter.device.take<element>(images, side, side, N);
  meter.report(
      "conv2d", what, "bf16", images,
      {18.0 * y.size() * (C / groups), double(x.size() + y.size() + filters.size()) * sizeof(element)}, [&] {
        conv2d(meter.device, y, x, filters, bias, {1, 1}, {1, 1}, epilogue::relu);
      });
}
const registered convolutions("conv2d", [](meter& meter) {
  convolve(meter, "28x28x512 in 32 groups", 28, 512, 512, 32);
  convolve(meter, "28x28x256", 28, 256, 256, 1);
});

}  // namespace
}  // namespace eev::bench

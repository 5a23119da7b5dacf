// Whole networks at full size with weights by formula, and a step of the paper's training.
#include <eev/cuda.hpp>
#include <eev/io/formula_weights.hpp>
#include <eev/train/optimizer.hpp>
#include <eev/train/trainable_head.hpp>

#include "meter.hpp"

namespace eev::bench {
namespace {

const weights formula() { return weights(std::make_shared<io::formula_source>()); }

/// Multiply-adds, counted twice, of an image; as bench/swin_bench.cpp counts them.
constexpr double swin_large_flops = 69e9, vggish_flops = 1.728e9, se_resnext_flops = 15.95e9,
                 inception_flops = 11.42e9;
/// Of a row of the paper's head, forwards; training has three times as much, but for the features' gradient.
constexpr double head_flops = 2 * 13.2e6, train_flops = 0.61e12 / (128 * 60);

template <class T>
void see(meter& meter, const char* name, double flops, std::initializer_list<dim> batches) {
  auto& device = meter.device;
  const auto made = features::make_visual_network<T>(device, formula(), name);
  const auto& network = *made;
  for (dim B : batches) {
    auto scope = device.scope();
    auto y = device.take<float>(B, network.features());
    auto rgb = device.take<std::uint8_t>(B, network.side(), network.side(), 3);
    std::vector<std::uint8_t> pixels(rgb.size());
    for (dim i = 0; i < rgb.size(); ++i) pixels[i] = std::uint8_t(i * 7 % 251);
    device.upload(rgb.as(rgb.size()), view<const std::uint8_t, 1>{pixels.data(), {rgb.size()}});
    recorded<cuda::device> run(device);
    meter.report("networks", name, precision_of<T>, B, {B * flops, 0},
                 [&] { run([&] { network(device, y, rgb); }); });
  }
}

template <class T>
void hear(meter& meter, dim B) {
  auto& device = meter.device;
  auto scope = device.scope();
  const features::vggish<cuda::device, T> network(device, formula(), features::find_vggish("vggish"));
  const auto patches = meter.filled<T>(B, features::patch_frames, mel_bands);
  auto y = device.take<float>(B, network.features());
  recorded<cuda::device> run(device);
  meter.report("networks", "vggish", precision_of<T>, B, {B * vggish_flops, 0},
               [&] { run([&] { network(device, y, patches); }); });
}

void transform(meter& meter) {
  auto scope = meter.device.scope();
  const dim seconds = 3600, S = seconds * sound_rate;
  const auto samples = meter.filled<float>(S);
  auto y = meter.device.take<float>(frames_of(S), mel_bands);
  meter.report("log_mel", "log_mel of an hour", "fp32", 1, {0, 4.0 * (S + y.size())},
               [&] { log_mel(meter.device, y, samples); });
}

/// `rounded`: by kernels whose blocks wait for each other, in both streams. Some hundred times they only run:
/// a hang shows here, and not in a time.
void score(meter& meter, bool rounded) {
  auto& device = meter.device;
  device.round_factors(rounded);
  const head_shape shape;
  const head<cuda::device> network(device, formula(), shape);
  for (dim B : {1, 128}) {
    auto scope = device.scope();
    const auto visual = meter.filled<float>(B, 60, shape.visual),
               audio = meter.filled<float>(B, 60, shape.audio);
    auto y = device.take<float>(B, 60, shape.expressions);
    recorded<cuda::device> run(device);
    for (int i = 0; rounded && B == 128 && i < 400; ++i) run([&] { network(device, y, visual, audio); });
    device.wait();
    meter.report("networks", "head", rounded ? "bf16" : "fp32", B, {B * 60 * head_flops, 0},
                 [&] { run([&] { network(device, y, visual, audio); }); });
  }
  device.round_factors(false);
}

void train(meter& meter, bool rounded) {
  auto& device = meter.device;
  auto scope = device.scope();
  device.round_factors(rounded);
  const dim B = 128, steps = 60;
  const head_shape shape;
  train::trainable_head<cuda::device> head(device, shape, 1);
  train::adam_optimizer<cuda::device> adam(device, head.layout().size());
  const auto visual = meter.filled<float>(B, steps, shape.visual),
             audio = meter.filled<float>(B, steps, shape.audio);
  const auto labels = meter.filled<float>(B, steps, shape.expressions);
  const auto mask = meter.filled<float>(B, steps);
  dim step = 0;
  meter.report("networks", "train_step", rounded ? "bf16" : "fp32", B, {B * steps * train_flops, 0}, [&] {
    head.gradients(device, {visual, audio, labels, mask}, train::find_loss("l1"), 0.3f,
                   random_stream(1, step++));
    adam.step(device, head.parameters(), head.gradients(), {});
  });
  device.round_factors(false);
}

const registered spectrograms("log_mel", transform);
// One by one, so that what fails takes no other with it; the last ones are those that wait for each other.
const registered networks[] = {
    {"networks", [](meter& meter) { hear<bfloat16>(meter, 64); }},
    {"networks",
     [](meter& meter) {
       see<bfloat16>(meter, "swin-large", swin_large_flops, {1, 8, 64, 256});
     }},
    {"networks", [](meter& meter) { see<float>(meter, "swin-large", swin_large_flops, {64}); }},
    {"networks", [](meter& meter) { see<bfloat16>(meter, "se-resnext101-32x4d", se_resnext_flops, {64}); }},
    {"networks", [](meter& meter) { see<bfloat16>(meter, "inception-v3", inception_flops, {64}); }},
    {"networks", [](meter& meter) { score(meter, false); }},
    {"networks", [](meter& meter) { train(meter, false); }},
    {"networks", [](meter& meter) { score(meter, true); }},
    {"networks", [](meter& meter) { train(meter, true); }}};

}  // namespace
}  // namespace eev::bench

// The operations of Swin-L at batch 64, stage by stage: each tensor is larger than the GPU's L2, but in the
// last stage.
#include <eev/core/bfloat16.hpp>
#include <eev/cuda.hpp>

#include "meter.hpp"

namespace eev::bench {
namespace {

constexpr dim images = 64;
struct stage {
  dim side, channels;
};
constexpr stage stages[] = {{56, 192}, {28, 384}, {14, 768}, {7, 1536}};

std::string text_of(const stage& stage) { return message(stage.side, "x", stage.side, "x", stage.channels); }

void norms(meter& meter) {
  for (const auto& at : stages) {
    auto scope = meter.device.scope();
    const dim R = images * at.side * at.side, C = at.channels;
    const auto x = meter.filled<float>(R, C);
    const auto gain = meter.filled<float>(C), bias = meter.filled<float>(C);
    auto y = meter.device.take<bfloat16>(R, C);
    meter.report("layer_norm", text_of(at), "bf16", images, {8.0 * R * C, 6.0 * R * C},
                 [&] { layer_norm(meter.device, y, x, gain, bias, 1e-5f); });
  }
}
const registered layer_norms("layer_norm", norms);

void merge(meter& meter) {
  for (const auto& at : {stages[0], stages[1], stages[2]}) {
    auto scope = meter.device.scope();
    const dim C = 4 * at.channels;
    const auto x = meter.filled<float>(images, at.side, at.side, at.channels);
    const auto gain = meter.filled<float>(C), bias = meter.filled<float>(C);
    auto y = meter.device.take<bfloat16>(images, at.side / 2, at.side / 2, C);
    meter.report("patch_merging", text_of(at), "bf16", images, {8.0 * x.size(), 6.0 * x.size()},
                 [&] { patch_merging(meter.device, y, x, gain, bias, 1e-5f); });
  }
}
const registered mergings("patch_merging", merge);

template <class T>
void attend(meter& meter) {
  for (const auto& at : stages)
    for (dim shift : {0, 3}) {
      auto scope = meter.device.scope();
      const dim heads = at.channels / 32, tokens = images * at.side * at.side;
      const auto qkv = meter.filled<T>(images, at.side, at.side, 3 * at.channels);
      const auto bias = meter.filled<float>(heads, window_tokens, window_tokens);
      auto y = meter.device.take<T>(images, at.side, at.side, at.channels);
      meter.report("window_attention", text_of(at) + (shift ? " shifted" : ""), precision_of<T>, images,
                   {4.0 * tokens * window_tokens * at.channels, 4.0 * tokens * at.channels * sizeof(T)},
                   [&] { window_attention(meter.device, y, qkv, bias, shift); });
    }
}
const registered attentions("window_attention", [](meter& meter) {
  attend<float>(meter);
  attend<bfloat16>(meter);
});

template <class T>
void multiply(meter& meter) {
  for (const auto& at : stages) {
    auto scope = meter.device.scope();
    const dim R = images * at.side * at.side, C = at.channels;
    const auto x = meter.filled<T>(R, C);
    const auto weight = meter.filled<T>(4 * C, C);
    const auto bias = meter.kept(4 * C);
    auto y = meter.device.take<T>(R, 4 * C);
    meter.report("linear", text_of(at) + " to " + std::to_string(4 * C) + " gelu", precision_of<T>, images,
                 {8.0 * R * C * C, (5.0 * R * C + 4 * C * C) * sizeof(T)},
                 [&] { linear(meter.device, y, x, weight, bias, epilogue::gelu); });
  }
}
const registered linears("linear", [](meter& meter) {
  multiply<float>(meter);
  multiply<bfloat16>(meter);
});

}  // namespace
}  // namespace eev::bench

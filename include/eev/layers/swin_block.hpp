// In:  tokens x [B, H, W, C].  Out: the same, after attention in windows and a small network on each token.
// Rests on: layers/linear, layers/norm; the device's window_attention().
#pragma once

#include <string>

#include <eev/core/window.hpp>
#include <eev/layers/linear.hpp>
#include <eev/layers/norm.hpp>

namespace eev::layers {

/// The relative position bias of every query and key, [heads, 49, 49], from the table [169, heads] of a
/// checkpoint.
inline std::vector<float> relative_position_bias(const std::vector<float>& table, dim heads) {
  std::vector<float> bias(heads * window_tokens * window_tokens);
  auto value = bias.begin();
  for (dim head = 0; head < heads; ++head)
    for (dim query = 0; query < window_tokens; ++query)
      for (dim key = 0; key < window_tokens; ++key)
        *value++ = table[relative_position(query, key) * heads + head];
  return bias;
}

/// One Swin block (Liu et al. 2021, equation 3). The residual stream x stays in Device::scalar; what matrix
/// products read is T.
template <class Device, class T>
class swin_block {
  using scalar = typename Device::scalar;

 public:
  swin_block(Device& device, const weights& from, dim C, dim heads, dim shift)
      : shift_(shift),
        norm1_(device, from.scope("norm1"), C),
        qkv_(device, from.scope("attn.qkv"), 3 * C, C),
        bias_(device
                  .keep(relative_position_bias(
                      from.scope("attn").read("relative_position_bias_table", {relative_positions, heads}),
                      heads))
                  .as(heads, window_tokens, window_tokens)),
        projection_(device, from.scope("attn.proj"), C, C),
        norm2_(device, from.scope("norm2"), C),
        expand_(device, from.scope("mlp.fc1"), 4 * C, C),
        contract_(device, from.scope("mlp.fc2"), C, 4 * C) {}

  /// x [B, H, W, C], in place.
  void operator()(Device& device, view<scalar, 4> x) const {
    const auto [B, H, W, C] = x.shape;
    // A side of one window has no neighbours to be shifted to.
    const dim shift = H > window_side && W > window_side ? shift_ : 0;
    auto scope = device.scope();
    auto normed = device.template take<T>(B, H, W, C);
    {
      auto inner = device.scope();
      auto qkv = device.template take<T>(B, H, W, 3 * C);
      norm1_(device, normed.rows(), x.rows());                      // [B H W, C]
      qkv_(device, qkv.rows(), normed.rows());                      // [B H W, 3C]
      window_attention(device, normed, qkv, bias_, shift);          // [B, H, W, C]
      projection_(device, x.rows(), normed.rows(), epilogue::add);  // x = x + attention
    }
    auto hidden = device.template take<T>(B, H, W, 4 * C);
    norm2_(device, normed.rows(), x.rows());                        // [B H W, C]
    expand_(device, hidden.rows(), normed.rows(), epilogue::gelu);  // [B H W, 4C]
    contract_(device, x.rows(), hidden.rows(), epilogue::add);      // x = x + network
  }

 private:
  dim shift_;
  norm_layer<Device> norm1_;
  linear_layer<Device, T> qkv_;
  view<const scalar, 3> bias_;
  linear_layer<Device, T> projection_;
  norm_layer<Device> norm2_;
  linear_layer<Device, T> expand_, contract_;
};

}  // namespace eev::layers

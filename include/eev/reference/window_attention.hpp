// In:  queries, keys and values of every token.  Out: what each token gathered in its window.  Rests on:
// reference/device, core/window.
#pragma once

#include <array>
#include <cmath>

#include <eev/core/window.hpp>
#include <eev/reference/device.hpp>

namespace eev::reference {

/// Attention in (shifted) windows of 7x7 tokens (Liu et al. 2021, equation 4):
///
///   y = softmax(Q K^T / sqrt(d) + bias + mask) V      per window and head, d = C / heads
///
/// qkv is [B, H, W, 3C]: queries, keys, values, each head after head; y is [B, H, W, C]. Both are in the
/// image's own order: the cyclic shift by (-shift, -shift) and the cut into windows are only a way to index.
/// bias is [heads, 49, 49] (query, key), the relative position bias table looked up.
template <class T>
void window_attention(device<T>&, view<T, 4> y, const_view<T, 4> qkv, const_view<T, 3> bias, dim shift) {
  const auto [B, H, W, C] = y.shape;
  const dim heads = bias.shape[0], d = C / heads;
  require(qkv.shape == std::array{B, H, W, 3 * C} && C % heads == 0 && H % window_side == 0 &&
              W % window_side == 0 && bias.shape == std::array{heads, window_tokens, window_tokens} &&
              shift >= 0 && shift < window_side,
          "window_attention: y ", y.shape, ", qkv ", qkv.shape, ", bias ", bias.shape, ", shift ", shift,
          "; expected y [B, H, W, C], qkv [B, H, W, 3C], bias [heads, 49, 49], sides in whole windows of 7");
  const T scale = 1 / std::sqrt(T(d));
  for (dim b = 0; b < B; ++b)
    for (dim top = 0; top < H; top += window_side)
      for (dim left = 0; left < W; left += window_side) {
        std::array<dim, window_tokens> row, column, region;
        for (dim token = 0; token < window_tokens; ++token) {
          const dim h = top + token / window_side, w = left + token % window_side;
          row[token] = unshifted(h, shift, H), column[token] = unshifted(w, shift, W);
          region[token] = 3 * strip(h, shift, H) + strip(w, shift, W);
        }
        for (dim head = 0; head < heads; ++head)
          for (dim query = 0; query < window_tokens; ++query) {
            const T* q = &qkv(b, row[query], column[query], head * d);

            std::array<T, window_tokens> weight;  // logits, then softmax
            T largest = -INFINITY;
            for (dim key = 0; key < window_tokens; ++key) {
              const T* k = &qkv(b, row[key], column[key], C + head * d);
              T product = 0;
              for (dim i = 0; i < d; ++i) product += q[i] * k[i];
              weight[key] = product * scale + bias(head, query, key);
              if (region[key] != region[query]) weight[key] += masked_logit;
              if (weight[key] > largest) largest = weight[key];
            }
            T total = 0;
            for (T& w : weight) total += w = std::exp(w - largest);

            T* out = &y(b, row[query], column[query], head * d);
            for (dim i = 0; i < d; ++i) {
              T sum = 0;
              for (dim key = 0; key < window_tokens; ++key)
                sum += weight[key] * qkv(b, row[key], column[key], 2 * C + head * d + i);
              out[i] = sum / total;
            }
          }
      }
}

}  // namespace eev::reference

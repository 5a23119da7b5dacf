// In: the sides of images, a shift. Out: where the tokens of their windows lie, and which of them are masked
// from each other.  Rests on: core/window.
#pragma once

#include <eev/core/window.hpp>

#include "device/primitives.cuh"

namespace eev::cuda {
namespace {

constexpr int attention_width = 32;  // channels of a head, in every published Swin
constexpr int attention_tokens = int(window_tokens), attention_side = int(window_side);

/// Where the tokens of windows lie, and which of them are masked from each other.
struct window_map {
  int height, width, shift;
  int across, inside;           // windows side by side, of an image
  std::uint64_t below, beyond;  // bit t: token t of a window at the lower (right) end is from the other side

  /// Which of the B H W tokens is number `token` of a window.
  __device__ dim place(int window, int token) const {
    const int h = window % inside / across * attention_side + token / attention_side + shift;
    const int w = window % across * attention_side + token % attention_side + shift;
    return (dim(window / inside) * height + (h < height ? h : h - height)) * width +
           (w < width ? w : w - width);
  }

  /// Bit k: key k is masked from the query.
  __device__ std::uint64_t masked(int window, int query) const {
    std::uint64_t keys = 0;
    if (window % inside / across == inside / across - 1) keys |= below >> query & 1 ? ~below : below;
    if (window % across == across - 1) keys |= beyond >> query & 1 ? ~beyond : beyond;
    return keys;
  }
};

/// A head's place in qkv and y.
template <class T>
struct attention_head {
  T* y;
  const T* qkv;
  int C, head;

  __device__ T* out(dim place) const { return y + place * C + head * attention_width; }
  __device__ const T* query(dim place) const { return qkv + place * 3 * C + head * attention_width; }
  __device__ const T* key(dim place) const { return query(place) + C; }
  __device__ const T* value(dim place) const { return query(place) + 2 * C; }
};

window_map map_windows(int height, int width, int shift) {
  window_map map{
      height, width, shift, width / attention_side, height / attention_side * (width / attention_side), 0, 0};
  for (int token = 0; token < attention_tokens; ++token) {
    const dim row = height - window_side + token / window_side,
              column = width - window_side + token % window_side;
    map.below |= std::uint64_t(strip(row, shift, height) == 2) << token;
    map.beyond |= std::uint64_t(strip(column, shift, width) == 2) << token;
  }
  return map;
}

}  // namespace
}  // namespace eev::cuda

// In: the sides of images, a shift. Out: where the tokens of their windows lie, and which of them are masked
// from each other.  Rests on: core/window.
#pragma once

#include <eev/core/window.hpp>

#include "device/primitives.cuh"

namespace eev::cuda {
namespace {

constexpr int attention_width = 32;  // channels of a head, in every published Swin
constexpr int attention_tokens = int(window_tokens), attention_side = int(window_side);

/// Where a window lies, before the shift.
struct window_place {
  int image;      // its first of the B H rows of tokens
  int top, left;  // in the image
};

/// Where the tokens of windows lie, and which of them are masked from each other.
struct window_map {
  int height, width, shift;
  std::uint64_t below, beyond;  // bit t: token t of a window at the lower (right) end is from the other side

  __device__ window_place find(int window) const {
    const int across = width / attention_side, down = height / attention_side;
    const int row = window / across;  // of the windows of all images
    return {row / down * height, row % down * attention_side, window % across * attention_side};
  }

  /// The place of the next window, without a division.
  __device__ window_place after(window_place at) const {
    at.left += attention_side;
    if (at.left == width) at.left = 0, at.top += attention_side;
    if (at.top == height) at.top = 0, at.image += height;
    return at;
  }

  /// Which of the B H W tokens lies in this row and column of a window.
  __device__ dim token(const window_place& at, int row, int column) const {
    const int h = at.top + row + shift, w = at.left + column + shift;
    return dim(at.image + (h < height ? h : h - height)) * width + (w < width ? w : w - width);
  }

  /// Bit k: key k is masked from the query.
  __device__ std::uint64_t masked(const window_place& at, int query) const {
    std::uint64_t keys = 0;
    if (at.top + attention_side == height) keys |= below >> query & 1 ? ~below : below;
    if (at.left + attention_side == width) keys |= beyond >> query & 1 ? ~beyond : beyond;
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
  window_map map{height, width, shift, 0, 0};
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

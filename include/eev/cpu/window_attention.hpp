// The fast form of reference/window_attention.hpp: one task a window and head. Its 49 queries, keys and
// values (19 KB in float) are gathered into the first cache; both products keep their sums in vector
// registers.
#pragma once

#include <array>
#include <cmath>

#include <eev/core/bfloat16.hpp>
#include <eev/core/window.hpp>
#include <eev/cpu/device.hpp>
#include <eev/cpu/math.hpp>

namespace eev::cpu {
namespace detail {

using lanes = float __attribute__((vector_size(32), aligned(4), may_alias));
inline constexpr dim lane_count = 8;
inline constexpr dim padded_tokens = 56;  // 49 keys as 7 vectors
inline constexpr dim head_width = 32;     // in every published Swin

/// Eight floats as one vector; by reference, for how a vector is returned depends on compiler flags.
inline const lanes& lanes_at(const float* values) { return *reinterpret_cast<const lanes*>(values); }
inline lanes& lanes_at(float* values) { return *reinterpret_cast<lanes*>(values); }

/// What one task works on; keys are transposed so that a vector holds eight of them.
struct alignas(64) window_scratch {
  float query[window_tokens][head_width];
  float key[head_width][padded_tokens];
  float value[window_tokens][head_width];
  float weight[window_tokens + 1][padded_tokens];  // an even number of rows
};

/// weight[i, j] = query[i] . key[., j], two rows at a time: fourteen sums in registers.
inline void query_key_products(window_scratch& s) {
  constexpr dim vectors = padded_tokens / lane_count;
  for (dim i = 0; i < window_tokens; i += 2) {
    const float* second = s.query[i + 1 < window_tokens ? i + 1 : i];
    lanes sum[2][vectors] = {};
    for (dim k = 0; k < head_width; ++k) {
      const float a = s.query[i][k], b = second[k];
#pragma GCC unroll 7
      for (dim v = 0; v < vectors; ++v) {
        const lanes key = lanes_at(&s.key[k][v * lane_count]);
        sum[0][v] += a * key;
        sum[1][v] += b * key;
      }
    }
#pragma GCC unroll 7
    for (dim v = 0; v < vectors; ++v) {
      lanes_at(&s.weight[i][v * lane_count]) = sum[0][v];
      lanes_at(&s.weight[i + 1][v * lane_count]) = sum[1][v];
    }
  }
}

/// out[r] = weight[first + r] . value, Rows rows at a time: four sums a row in registers.
template <int Rows, class T>
void weighted_values(const window_scratch& s, dim first, T* const* out) {
  constexpr dim vectors = head_width / lane_count;
  lanes sum[Rows][vectors] = {};
  for (dim j = 0; j < window_tokens; ++j) {
    lanes value[vectors];
#pragma GCC unroll 4
    for (dim v = 0; v < vectors; ++v) value[v] = lanes_at(&s.value[j][v * lane_count]);
#pragma GCC unroll 4
    for (int r = 0; r < Rows; ++r) {
      const float weight = s.weight[first + r][j];
#pragma GCC unroll 4
      for (dim v = 0; v < vectors; ++v) sum[r][v] += weight * value[v];
    }
  }
  for (int r = 0; r < Rows; ++r) {
    alignas(32) float row[head_width];
#pragma GCC unroll 4
    for (dim v = 0; v < vectors; ++v) lanes_at(row + v * lane_count) = sum[r][v];
#pragma omp simd
    for (dim k = 0; k < head_width; ++k) store(out[r][k], row[k]);
  }
}

/// The seven vectors of a row joined, and then the lanes of what that comes to; join(a, b) leaves it in a.
/// (GCC goes through the lanes of a reduction one by one, a fifth of the softmax's time.)
template <class Join>
float reduce(const float* row, Join join) {
  lanes all = lanes_at(row);
#pragma GCC unroll 7
  for (dim v = 1; v < padded_tokens / lane_count; ++v) join(all, lanes_at(row + v * lane_count));
  join(all, __builtin_shufflevector(all, all, 4, 5, 6, 7, 0, 1, 2, 3));
  join(all, __builtin_shufflevector(all, all, 2, 3, 0, 1, 6, 7, 4, 5));
  join(all, __builtin_shufflevector(all, all, 1, 0, 3, 2, 5, 4, 7, 6));
  return all[0];
}

/// Softmax over the 49 keys of one row; the mask has been added. What is left of a masked key, 1e-44 of the
/// largest, becomes 0: Intel's processors take a hundred cycles for each product with a number so small.
inline void softmax(float* row) {
  for (dim j = window_tokens; j < padded_tokens; ++j) row[j] = -INFINITY;
  const float largest = reduce(row, [](lanes& a, const lanes& b) { a = a > b ? a : b; });
#pragma omp simd
  for (dim j = 0; j < padded_tokens; ++j) {
    const float power = fast_exp(row[j] - largest);
    row[j] = power < 1e-30f ? 0 : power;
  }
  const float scale = 1 / reduce(row, [](lanes& a, const lanes& b) { a += b; });
#pragma omp simd
  for (dim j = 0; j < padded_tokens; ++j) row[j] *= scale;
}

}  // namespace detail

/// Spec: reference/window_attention.hpp, for heads of width 32. T is float or bfloat16; arithmetic is in
/// float.
template <class T>
void window_attention(device& device, view<T, 4> y, const_view<T, 4> qkv, const_view<float, 3> bias,
                      dim shift) {
  const auto [B, H, W, C] = y.shape;
  const dim heads = bias.shape[0];
  require(
      qkv.shape == std::array{B, H, W, 3 * C} && C == heads * detail::head_width && H % window_side == 0 &&
          W % window_side == 0 && bias.shape == std::array{heads, window_tokens, window_tokens} &&
          shift >= 0 && shift < window_side,
      "window_attention: y ", y.shape, ", qkv ", qkv.shape, ", bias ", bias.shape, ", shift ", shift,
      "; expected y [B, H, W, C], qkv [B, H, W, 3C], bias [heads, 49, 49], heads of width 32, sides in whole "
      "windows of 7");
  const dim height = H, width = W, channels = C;
  const dim windows = H / window_side * (W / window_side), across = W / window_side;
  const float scale = 1 / std::sqrt(float(detail::head_width));

#pragma omp parallel for num_threads(device.threads()) schedule(dynamic, 8)
  for (dim task = 0; task < B * windows * heads; ++task) {
    const dim head = task % heads, window = task / heads % windows, b = task / heads / windows;

    detail::window_scratch s;
    std::array<T*, window_tokens> out;
    std::array<dim, window_tokens> region;
    for (dim token = 0; token < window_tokens; ++token) {
      const dim h = window / across * window_side + token / window_side;
      const dim w = window % across * window_side + token % window_side;
      const dim place = (b * height + unshifted(h, shift, height)) * width + unshifted(w, shift, width);
      region[token] = 3 * strip(h, shift, height) + strip(w, shift, width);
      out[token] = y.data + place * channels + head * detail::head_width;

      const T* q = qkv.data + place * 3 * channels + head * detail::head_width;
      for (dim k = 0; k < detail::head_width; ++k) {
        s.query[token][k] = float(q[k]) * scale;
        s.key[k][token] = float(q[channels + k]);
        s.value[token][k] = float(q[2 * channels + k]);
      }
    }
    for (auto& row : s.key)
      for (dim j = window_tokens; j < detail::padded_tokens; ++j) row[j] = 0;

    detail::query_key_products(s);
    const bool masked = shift > 0 && region[0] != region[window_tokens - 1];
    for (dim i = 0; i < window_tokens; ++i) {
      const float* bias_row = &bias(head, i, 0);
#pragma omp simd
      for (dim j = 0; j < window_tokens; ++j) s.weight[i][j] += bias_row[j];
      if (masked)
        for (dim j = 0; j < window_tokens; ++j)
          s.weight[i][j] += region[i] != region[j] ? masked_logit : 0.0f;
      detail::softmax(s.weight[i]);
    }

    dim i = 0;
    for (; i + 3 <= window_tokens; i += 3) detail::weighted_values<3>(s, i, &out[i]);
    for (; i < window_tokens; ++i) detail::weighted_values<1>(s, i, &out[i]);
  }
}

}  // namespace eev::cpu

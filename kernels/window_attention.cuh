// Spec: reference/window_attention.hpp. In: qkv [B, H, W, 3C], bias [heads, 49, 49]. Out: y [B, H, W, C].
//
// Cyclic shift, cut into windows and their reversal are index arithmetic (window_map.cuh): they have no
// kernels of their own, and no bytes are moved for them.
//
// float: a block has a head of a window, 64 threads, one a query; logits in shared memory. bfloat16: a block
// has a head of up to 4 windows (window_attention_mma.cuh).
//
// Limits: heads of width 32; H, W in whole windows; y and qkv aligned to 16 bytes; the number of windows
// times heads below 2^31. Memory: 4 B H W C sizeof(T) bytes, and from the cache the bias once a block.
// 196 B H W C FLOP (the padded bfloat16 form does 314): bound by memory.
#pragma once

#include <cmath>

#include <eev/cuda/window_attention.hpp>

#include "window_attention_mma.cuh"

namespace eev::cuda {
namespace {

// ---- float ----

constexpr int query_threads = 64;
constexpr int query_pitch = attention_width + 4;  // 8 threads read 16 bytes of 8 queries from different banks

__device__ __forceinline__ float dot(float4 a, float4 b) {
  return (a.x * b.x + a.y * b.y) + (a.z * b.z + a.w * b.w);
}

/// Block: head blockIdx.x % heads of window blockIdx.x / heads.
__global__ void __launch_bounds__(query_threads)
    window_attention_float(float* y, const float* qkv, const float* bias, window_map map, int heads,
                           float scale) {
  SHARED(queries, float[attention_tokens * query_pitch]);  // and what is gathered for them
  SHARED(keys, float[attention_tokens * attention_width]);
  SHARED(values, float[attention_tokens * attention_width]);
  SHARED(logits, float[attention_tokens * attention_tokens]);
  constexpr int vectors = attention_width / 4, bias_size = attention_tokens * attention_tokens;
  const attention_head<float> head{y, qkv, heads * attention_width, int(blockIdx.x) % heads};
  const window_place at = map.find(int(blockIdx.x) / heads);
  const int query = threadIdx.x;

  for (int i = threadIdx.x; i < attention_tokens * vectors; i += query_threads) {
    const int token = i / vectors, c = i % vectors * 4;
    const dim place = map.token(at, token / attention_side, token % attention_side);
    cp_async_16(&queries[token * query_pitch + c], head.query(place) + c);
    cp_async_16(&keys[token * attention_width + c], head.key(place) + c);
    cp_async_16(&values[token * attention_width + c], head.value(place) + c);
  }
  cp_async_commit();
  for (int i = threadIdx.x; i < bias_size; i += query_threads) logits[i] = bias[head.head * bias_size + i];
  cp_async_wait<0>();
  __syncthreads();

  if (query < attention_tokens) {
    float* row = &logits[query * attention_tokens];
    float4 vector[vectors];
#pragma unroll
    for (int v = 0; v < vectors; ++v) vector[v] = load4(&queries[query * query_pitch + 4 * v]);
    const std::uint64_t masked = map.masked(at, query);
    float largest = -INFINITY;
    for (int key = 0; key < attention_tokens; ++key) {
      float product = 0;
#pragma unroll
      for (int v = 0; v < vectors; ++v)
        product += dot(vector[v], load4(&keys[key * attention_width + 4 * v]));
      const float logit = product * scale + row[key] + (masked >> key & 1 ? masked_logit : 0);
      row[key] = logit;
      largest = fmaxf(largest, logit);
    }

    float total = 0;
#pragma unroll
    for (int v = 0; v < vectors; ++v) vector[v] = make_float4(0, 0, 0, 0);
    for (int key = 0; key < attention_tokens; ++key) {
      const float weight = expf(row[key] - largest);
      total += weight;
#pragma unroll
      for (int v = 0; v < vectors; ++v) {
        const float4 value = load4(&values[key * attention_width + 4 * v]);
        vector[v].x += weight * value.x, vector[v].y += weight * value.y;
        vector[v].z += weight * value.z, vector[v].w += weight * value.w;
      }
    }
    const float factor = 1 / total;
#pragma unroll
    for (int v = 0; v < vectors; ++v)
      store4(&queries[query * query_pitch + 4 * v], make_float4(vector[v].x * factor, vector[v].y * factor,
                                                                vector[v].z * factor, vector[v].w * factor));
  }
  __syncthreads();
  for (int i = threadIdx.x; i < attention_tokens * vectors; i += query_threads) {
    const int token = i / vectors, c = i % vectors * 4;
    store4(head.out(map.token(at, token / attention_side, token % attention_side)) + c,
           load4(&queries[token * query_pitch + c]));
  }
}

// ---- launcher ----

void start_attention(device& device, float* y, const float* qkv, const float* bias, const window_map& map,
                     dim windows, dim heads, float scale) {
  launch("window_attention", device, unsigned(windows * heads), query_threads, 0, window_attention_float, y,
         qkv, bias, map, int(heads), scale);
}
void start_attention(device& device, __nv_bfloat16* y, const __nv_bfloat16* qkv, const float* bias,
                     const window_map& map, dim windows, dim heads, float scale) {
  launch("window_attention", device, unsigned(blocks_for(windows, windows_a_block) * heads),
         attention_threads, 0, window_attention_mma, y, qkv, bias, map, int(windows), int(heads), scale);
}

template <class T>
void attend(device& device, view<T, 4> y, view<const T, 4> qkv, view<const float, 3> bias, dim shift) {
  const auto [B, H, W, C] = y.shape;
  const dim heads = bias.shape[0];
  require(
      qkv.shape == std::array{B, H, W, 3 * C} && C == heads * attention_width && H % window_side == 0 &&
          W % window_side == 0 && bias.shape == std::array{heads, window_tokens, window_tokens} &&
          shift >= 0 && shift < window_side,
      "window_attention: y ", y.shape, ", qkv ", qkv.shape, ", bias ", bias.shape, ", shift ", shift,
      "; expected y [B, H, W, C], qkv [B, H, W, 3C], bias [heads, 49, 49], heads of width 32, sides in whole "
      "windows of 7");
  require(
      aligned_to(16, y.data) && aligned_to(16, qkv.data),
      "window_attention: y or qkv is not aligned to 16 bytes; expected tensors that begin at whole vectors");
  if (y.size() == 0) return;
  start_attention(device, in_kernel(y.data), in_kernel(qkv.data), bias.data,
                  map_windows(int(H), int(W), int(shift)), B * H * W / window_tokens, heads,
                  1 / std::sqrt(float(attention_width)));
}

}  // namespace

void window_attention(device& device, view<float, 4> y, view<const float, 4> qkv, view<const float, 3> bias,
                      dim shift) {
  attend(device, y, qkv, bias, shift);
}
void window_attention(device& device, view<bfloat16, 4> y, view<const bfloat16, 4> qkv,
                      view<const float, 3> bias, dim shift) {
  attend(device, y, qkv, bias, shift);
}

}  // namespace eev::cuda

// Spec: reference/linear.hpp. In: rows x [R, K], weight [N, K], bias [N]. Out: rows y [R, N], float or
// bfloat16.
//
// The product is the library's (device/matrix_product.hpp), with bias, ReLU and the residual in its epilogue.
// Its GELU is the tanh form, which is up to 5e-4 off the erf form that Swin was trained with; so bias and
// GELU are a kernel of ours over y: a warp has a row, lane l the vectors of 4 values l, l + 32, ... (single
// values where N or an address is not a multiple of 4 values); 8 rows a block. The library's bias has the
// type of y: for bfloat16 it is rounded into scratch memory first, a thread a value.
//
// Limits: R below 2^34, N below 2^31. Memory of GELU: 2 R N sizeof(T) bytes, some 20 FLOP a value: bound by
// memory.
#pragma once

#include <eev/cuda/linear.hpp>

#include "device/matrix_product.hpp"
#include "device/primitives.cuh"

namespace eev::cuda {
namespace {

// ---- kernels ----

constexpr int gelu_warps = 8, rounding_threads = 256;

__device__ __forceinline__ float gelu(float x) { return 0.5f * x * (1.0f + erff(x * 0.70710678f)); }

/// `bias` may be null.
template <bool Whole, class T>
__global__ void __launch_bounds__(gelu_warps* warp_lanes) bias_gelu(T* y, const float* bias, dim R, int N) {
  const dim r = dim(blockIdx.x) * gelu_warps + threadIdx.x / warp_lanes;
  if (r >= R) return;
  T* row = y + r * N;
  if constexpr (Whole) {
    for (int n = 4 * (threadIdx.x % warp_lanes); n < N; n += 4 * warp_lanes) {
      const float4 v = load4(row + n), b = bias ? load4(bias + n) : make_float4(0, 0, 0, 0);
      store4(row + n, make_float4(gelu(v.x + b.x), gelu(v.y + b.y), gelu(v.z + b.z), gelu(v.w + b.w)));
    }
  } else {
    for (int n = threadIdx.x % warp_lanes; n < N; n += warp_lanes)
      store(row + n, gelu(load(row + n) + (bias ? bias[n] : 0.0f)));
  }
}

__global__ void __launch_bounds__(rounding_threads)
    round_values(__nv_bfloat16* to, const float* from, int count) {
  const int i = blockIdx.x * rounding_threads + threadIdx.x;
  if (i < count) store(to + i, from[i]);
}

// ---- launchers ----

template <class T>
void launch_bias_gelu(device& device, T* y, const float* bias, dim R, dim N) {
  const bool whole = N % 4 == 0 && aligned_to(4 * sizeof(T), y) && aligned_to(16, bias);
  launch("bias_gelu", device, blocks_for(R, gelu_warps), gelu_warps * warp_lanes, 0,
         whole ? bias_gelu<true, T> : bias_gelu<false, T>, y, bias, R, int(N));
}

/// The bias as the library adds it to y.
const void* bias_like(device&, view<float, 2>, view<const float, 1> bias) { return bias.data; }
const void* bias_like(device& device, view<bfloat16, 2>, view<const float, 1> bias) {
  if (!bias.data) return nullptr;
  const auto rounded = device.take<bfloat16>(bias.size());
  launch("round_values", device, blocks_for(bias.size(), rounding_threads), rounding_threads, 0, round_values,
         in_kernel(rounded.data), bias.data, int(bias.size()));
  return rounded.data;
}

template <class Out, class In>
void linear_rows(device& device, view<Out, 2> y, view<const In, 2> x, view<const In, 2> weight,
                 view<const float, 1> bias, epilogue after) {
  const auto [R, K] = x.shape;
  const dim N = weight.shape[0];
  require(y.shape == std::array{R, N} && weight.shape[1] == K && (!bias.data || bias.shape[0] == N) && K > 0,
          "linear: y ", y.shape, ", x ", x.shape, ", weight ", weight.shape, ", bias ", bias.shape,
          "; expected y [R, N], x [R, K], weight [N, K], bias [N], K at least 1");
  if (y.size() == 0) return;
  auto scope = device.scope();
  matrix_product product(y, as_it_lies(x), transposed(weight));
  product.relu = after == epilogue::relu;
  product.add = after == epilogue::add;
  if (after != epilogue::gelu) product.bias = bias_like(device, y, bias);
  multiply(device, product);
  if (after == epilogue::gelu) launch_bias_gelu(device, in_kernel(y.data), bias.data, R, N);
}

}  // namespace

void linear(device& device, view<float, 2> y, view<const float, 2> x, view<const float, 2> weight,
            view<const float, 1> bias, epilogue after) {
  linear_rows(device, y, x, weight, bias, after);
}
void linear(device& device, view<float, 2> y, view<const bfloat16, 2> x, view<const bfloat16, 2> weight,
            view<const float, 1> bias, epilogue after) {
  linear_rows(device, y, x, weight, bias, after);
}
void linear(device& device, view<bfloat16, 2> y, view<const bfloat16, 2> x, view<const bfloat16, 2> weight,
            view<const float, 1> bias, epilogue after) {
  linear_rows(device, y, x, weight, bias, after);
}

void linear_forward(device& device, view<float, 2> y, view<const float, 2> x, view<const float, 2> weight,
                    view<const float, 1> bias) {
  linear_rows(device, y, x, weight, bias, epilogue::none);
}

}  // namespace eev::cuda

// Spec: reference/patch_merging.hpp. In: x [B, H, W, C], gain [4C], bias [4C]. Out: y [B, H/2, W/2, 4C],
// float or bfloat16.
//
// The kernels are layer_norm.cuh's, over rows of 4C: only where a row's values lie is different, so nothing
// is gathered first. Vectors of 4 values need C in whole vectors.
//
// Limits: B H W / 4 below 2^31. Memory: 4 B H W C bytes in, B H W C sizeof(T) out. 8 B H W C FLOP: bound by
// memory.
#pragma once

#include <array>

#include <eev/cuda/patch_merging.hpp>

#include "layer_norm.cuh"

namespace eev::cuda {
namespace {

/// Rows of 4C: the tokens (0, 0), (1, 0), (0, 1), (1, 1) of each 2x2 (row, column).
struct merged_rows {
  const float* x;
  int half_width, C;  // W/2

  __device__ const float* operator()(dim r, int c) const {
    const int part = (c >= C) + (c >= 2 * C) + (c >= 3 * C);
    const int pair = int(r) / half_width, column = int(r) % half_width;  // of rows of the images; of columns
    const dim token = (dim(2) * pair + part % 2) * 2 * half_width + 2 * column + part / 2;
    return x + token * C + (c - part * C);
  }
};

template <class T>
void merge_patches(device& device, view<T, 4> y, view<const float, 4> x, view<const float, 1> gain,
                   view<const float, 1> bias, float epsilon) {
  const auto [B, H, W, C] = x.shape;
  require(H % 2 == 0 && W % 2 == 0 && y.shape == std::array{B, H / 2, W / 2, 4 * C}, "patch_merging: y ",
          y.shape, ", x ", x.shape, "; expected y [B, H/2, W/2, 4C], x [B, H, W, C]");
  require(gain.shape[0] == 4 * C && bias.shape[0] == 4 * C, "patch_merging: gain ", gain.shape, ", bias ",
          bias.shape, "; expected [", 4 * C, "]");
  if (y.size() == 0) return;
  launch_layer_norm("patch_merging", device, in_kernel(y.data), merged_rows{x.data, int(W / 2), int(C)},
                    C % 4 == 0 && aligned_to(16, x.data), gain.data, bias.data, B * (H / 2) * (W / 2),
                    int(4 * C), epsilon);
}

}  // namespace

void patch_merging(device& device, view<float, 4> y, view<const float, 4> x, view<const float, 1> gain,
                   view<const float, 1> bias, float epsilon) {
  merge_patches(device, y, x, gain, bias, epsilon);
}
void patch_merging(device& device, view<bfloat16, 4> y, view<const float, 4> x, view<const float, 1> gain,
                   view<const float, 1> bias, float epsilon) {
  merge_patches(device, y, x, gain, bias, epsilon);
}

}  // namespace eev::cuda

// The fast form of reference/patch_merging.hpp: gathers a row of 4C into scratch that stays in the first
// cache, normalises it and stores it.
#pragma once

#include <algorithm>
#include <array>

#include <eev/cpu/layer_norm.hpp>

namespace eev::cpu {

/// Spec: reference/patch_merging.hpp. T is float or bfloat16; x and the sums are in float.
template <class T>
void patch_merging(device& device, view<T, 4> y, const_view<float, 4> x, const_view<float, 1> gain,
                   const_view<float, 1> bias, float epsilon) {
  const auto [B, H, W, C] = x.shape;
  require(H % 2 == 0 && W % 2 == 0 && y.shape == std::array{B, H / 2, W / 2, 4 * C}, "patch_merging: y ",
          y.shape, ", x ", x.shape, "; expected y [B, H/2, W/2, 4C], x [B, H, W, C]");
  require(gain.shape[0] == 4 * C && bias.shape[0] == 4 * C, "patch_merging: gain ", gain.shape, ", bias ",
          bias.shape, "; expected [", 4 * C, "]");
  auto scope = device.scope();
  auto scratch = device.take<float>(device.threads(), 4 * C);
  const dim width = W, channels = C;
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim row = 0; row < B * H / 2; ++row) {  // a pair of the images' rows of tokens
    float* merged = scratch[omp_get_thread_num()].data;
    for (dim w = 0; w < width / 2; ++w) {
      for (dim part = 0; part < 4; ++part)
        std::copy_n(x.data + ((2 * row + part % 2) * width + 2 * w + part / 2) * channels, channels,
                    merged + part * channels);
      layer_norm_row(y.data + (row * (width / 2) + w) * 4 * channels, merged, gain.data, bias.data,
                     4 * channels, epsilon);
    }
  }
}

}  // namespace eev::cpu

// Spec: reference/conv2d.hpp. In: images x [B, H, W, C], filters [N, height, width, C / groups], bias [N].
// Out: images y [B, Y, X, N], of the type of x.
//
// The convolution is the library's (device/convolution.hpp), with bias, ReLU and the residual.
//
// Limits: x, filters and y below 2^31 values each, as cuDNN counts them. 2 B Y X N height width C / groups
// FLOP: bound by arithmetic from some dozens of channels a group on.
#pragma once

#include <eev/cuda/conv2d.hpp>

#include "device/convolution.hpp"
#include "epilogues.cuh"

namespace eev::cuda {
namespace {

template <class T>
void conv2d_images(device& device, view<T, 4> y, view<const T, 4> x, view<const T, 4> filters,
                   view<const float, 1> bias, height_width stride, height_width padding, epilogue after) {
  const auto [B, H, W, C] = x.shape;
  const auto [N, height, width, channels] = filters.shape;
  const std::array expected{B, conv_extent(H, height, stride[0], padding[0]),
                            conv_extent(W, width, stride[1], padding[1]), N};
  constexpr dim most = std::numeric_limits<int>::max();
  require_conv_epilogue(after);
  require(y.shape == expected && conv_groups(N, C, channels) > 0 && (!bias.data || bias.shape[0] == N) &&
              filters.size() > 0 && x.size() <= most && filters.size() <= most && y.size() <= most,
          "conv2d: y ", y.shape, ", x ", x.shape, ", filters ", filters.shape, ", bias ", bias.shape,
          "; expected y ", expected,
          ", x [B, H, W, C], filters [N, height, width, C / groups], bias [N], each below 2^31 "
          "values");
  if (y.size() == 0) return;
  auto scope = device.scope();
  convolution task(y, x, filters, stride, padding);
  task.relu = after == epilogue::relu;
  task.add = after == epilogue::add;
  task.bias = bias_as<T>(device, bias);
  convolve(device, task);
}

}  // namespace

void conv2d(device& device, view<float, 4> y, view<const float, 4> x, view<const float, 4> filters,
            view<const float, 1> bias, height_width stride, height_width padding, epilogue after) {
  conv2d_images(device, y, x, filters, bias, stride, padding, after);
}
void conv2d(device& device, view<bfloat16, 4> y, view<const bfloat16, 4> x, view<const bfloat16, 4> filters,
            view<const float, 1> bias, height_width stride, height_width padding, epilogue after) {
  conv2d_images(device, y, x, filters, bias, stride, padding, after);
}

}  // namespace eev::cuda

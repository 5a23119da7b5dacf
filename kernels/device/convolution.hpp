// In:  a convolution of images in the GPU's memory, described.  Out: it is begun in the device's stream, or
// one eev::error says what is wrong.  Rests on: cuda/device.
//
//   convolution task(y, x, filters, stride, padding);  // y [B, Y, X, N], x [B, H, W, C], all channels last
//   task.bias = bias.data;
//   convolve(device, task);
//
// Convolutions of float are true float: no TF32. Those of bfloat16 are summed in float.
#pragma once

#include <eev/core/conv_extent.hpp>
#include <eev/cuda/device.hpp>

#include "libraries.hpp"

namespace eev::cuda {

/// y = relu?(x * filters + bias? + y?), where what has a question mark is there if it is asked for:
/// x [B, H, W, C], filters [N, height, width, C / groups], y [B, Y, X, N], bias [N] of their type. No
/// dimension is 0.
struct convolution {
  template <class T>
  convolution(view<T, 4> to, view<const T, 4> from, view<const T, 4> by, height_width stride,
              height_width padding)
      : image(from.shape),
        filter(by.shape),
        result(to.shape),
        stride(stride),
        padding(padding),
        type(element_of<T>),
        x(from.data),
        filters(by.data),
        y(to.data) {
    const std::array expected{image[0], conv_extent(image[1], filter[1], stride[0], padding[0]),
                              conv_extent(image[2], filter[2], stride[1], padding[1]), filter[0]};
    require(result == expected && groups() > 0 && from.size() > 0 && by.size() > 0 && to.size() > 0,
            "convolution: y ", result, ", x ", image, ", filters ", filter, "; expected y ", expected,
            ", x [B, H, W, C], filters [N, height, width, C / groups], no dimension 0");
  }

  dim groups() const { return conv_groups(filter[0], image[3], filter[3]); }

  std::array<dim, 4> image, filter, result;  // shapes of x, filters, y
  height_width stride, padding;
  element type;
  const void *x, *filters;
  void* y;
  const void* bias = nullptr;
  bool relu = false, add = false;
};

void convolve(device& device, const convolution& task);

}  // namespace eev::cuda

// The CUDA form of reference/conv2d.hpp, defined in kernels/conv2d.cuh.
#pragma once

#include <eev/core/conv_extent.hpp>
#include <eev/core/epilogue.hpp>
#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/conv2d.hpp, but for the order of the filters: [N, height, width, C / groups], as
/// device::pack() makes them. Sums are in float, float is true float, without TF32. In bfloat16 the bias is
/// rounded before it is added.
void conv2d(device& device, view<float, 4> y, view<const float, 4> x, view<const float, 4> filters,
            view<const float, 1> bias, height_width stride, height_width padding,
            epilogue after = epilogue::none);
void conv2d(device& device, view<bfloat16, 4> y, view<const bfloat16, 4> x, view<const bfloat16, 4> filters,
            view<const float, 1> bias, height_width stride, height_width padding,
            epilogue after = epilogue::none);

}  // namespace eev::cuda

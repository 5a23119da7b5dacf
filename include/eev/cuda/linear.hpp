// The CUDA form of reference/linear.hpp, and of linear_forward() of reference/linear_backward.hpp, defined in
// kernels/linear.cuh.
#pragma once

#include <eev/core/epilogue.hpp>
#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/linear.hpp. Products of bfloat16 are summed in float; those of float are true float,
/// without TF32. Where y is bfloat16, the sum is rounded to it before GELU, and the bias before it is added
/// to a sum.
void linear(device& device, view<float, 2> y, view<const float, 2> x, view<const float, 2> weight,
            view<const float, 1> bias, epilogue after = epilogue::none);
void linear(device& device, view<float, 2> y, view<const bfloat16, 2> x, view<const bfloat16, 2> weight,
            view<const float, 1> bias, epilogue after = epilogue::none);
void linear(device& device, view<bfloat16, 2> y, view<const bfloat16, 2> x, view<const bfloat16, 2> weight,
            view<const float, 1> bias, epilogue after = epilogue::none);

/// Spec: reference/linear_backward.hpp. On a GPU weights are never packed.
void linear_forward(device& device, view<float, 2> y, view<const float, 2> x, view<const float, 2> weight,
                    view<const float, 1> bias);

}  // namespace eev::cuda

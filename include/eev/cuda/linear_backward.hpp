// The CUDA form of reference/linear_backward.hpp, defined in kernels/linear_backward.cuh; linear_forward() is
// in cuda/linear.hpp.
#pragma once

#include <eev/core/epilogue.hpp>
#include <eev/cuda/linear.hpp>

namespace eev::cuda {

/// Spec: reference/linear_backward.hpp. `after` is none or add.
void linear_backward(device& device, view<float, 2> dx, view<float, 2> dweight, view<float, 1> dbias,
                     view<const float, 2> dy, view<const float, 2> x, view<const float, 2> weight,
                     epilogue after = epilogue::none);

}  // namespace eev::cuda

// The CUDA form of reference/excite.hpp, defined in kernels/excite.cuh.
#pragma once

#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/excite.hpp. Sums are in float.
void excite(device& device, view<float, 3> y, view<const float, 3> x, view<const float, 2> logits);
void excite(device& device, view<bfloat16, 3> y, view<const bfloat16, 3> x, view<const float, 2> logits);

}  // namespace eev::cuda

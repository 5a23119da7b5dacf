// The CUDA form of reference/mixture_of_experts.hpp, defined in kernels/mixture_of_experts.cuh.
#pragma once

#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/mixture_of_experts.hpp.
void mixture_of_experts(device& device, view<float, 2> y, view<const float, 2> gates,
                        view<const float, 2> experts);

/// Spec: reference/mixture_of_experts.hpp. dgates may be the gates, dexperts the experts.
void mixture_of_experts_backward(device& device, view<float, 2> dgates, view<float, 2> dexperts,
                                 view<const float, 2> dy, view<const float, 2> y, view<const float, 2> gates,
                                 view<const float, 2> experts);

}  // namespace eev::cuda

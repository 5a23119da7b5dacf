// The CUDA form of reference/unit_rows.hpp, defined in kernels/unit_rows.cuh.
#pragma once

#include <eev/core/epilogue.hpp>
#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/unit_rows.hpp.
void unit_rows(device& device, view<float, 2> y, view<const float, 2> x, double length);

/// Spec: reference/unit_rows.hpp.
void unit_rows_backward(device& device, view<float, 2> dx, view<const float, 2> dy, view<const float, 2> y,
                        view<const float, 2> x, double length, epilogue after = epilogue::none);

}  // namespace eev::cuda

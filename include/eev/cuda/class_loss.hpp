// The CUDA form of reference/class_loss.hpp, defined in kernels/class_loss.cuh.
#pragma once

#include <eev/cuda/device.hpp>

namespace eev::cuda {

/// Spec: reference/class_loss.hpp. dlogits may be the logits.
void class_loss(device& device, view<float, 1> loss, view<float, 2> dlogits, view<const float, 2> logits,
                view<const float, 1> classes, double weight);

}  // namespace eev::cuda

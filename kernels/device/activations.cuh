// In:  a number.  Out: its sigmoid.  Rests on: primitives.
#pragma once

#include "primitives.cuh"

namespace eev::cuda {

__device__ __forceinline__ float sigmoid_of(float x) { return 1 / (1 + expf(-x)); }

}  // namespace eev::cuda

// In:  a kernel file, read by a plain C++ compiler.  Out: the words of CUDA that it is written in.  Rests on:
// the files beside it.
//
// kernels/device/primitives.cuh includes this where there is no nvcc.
#pragma once

#include "async_copy.hpp"
#include "cuda_types.hpp"
#include "intrinsics.hpp"
#include "launch.hpp"
#include "matrix.hpp"
#include "teams.hpp"
#include "warp.hpp"

#define __global__ [[maybe_unused]]
#define __device__
#define __host__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __grid_constant__
#define __shared__ static_assert(false, "shared memory is declared by SHARED or SHARED_DYNAMIC");

#define threadIdx (::eev::runner::thread_index())
#define blockIdx (::eev::runner::block_index())
#define blockDim (::eev::runner::block_extent())
#define gridDim (::eev::runner::grid_extent())

#define SHARED(name, ...) auto& name = ::eev::runner::shared_array<__VA_ARGS__>([] {})
#define SHARED_DYNAMIC(name, type) \
  type* const name = static_cast<type*>(::eev::runner::block::running->shared.dynamic())

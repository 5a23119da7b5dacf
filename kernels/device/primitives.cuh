// In:  a kernel file.  Out: the words it is written in: those of CUDA, shared memory, launches, matrix
// fragments, elements of tensors. Rests on: the CUDA toolkit, or, where a plain C++ compiler reads the kernel
// to run it on the CPU, tests/kernels/runner.
//
// What a kernel keeps to, so that it can be run without a GPU:
//   - shared memory is declared by SHARED or SHARED_DYNAMIC, and a kernel is begun by launch();
//   - all threads of a block come to the same __syncthreads, all lanes of a mask to the same warp operation:
//   no
//     return before the last of them, and no shuffle in a branch that lanes do not take together;
//   - lanes of a warp that exchange through shared memory meet at __syncwarp in between;
//   - a block waits for another one in team_wait() only, begun by launch_together().
#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>

#include <eev/core/bfloat16.hpp>
#include <eev/core/view.hpp>
#include <eev/cuda/device.hpp>

#ifdef __CUDACC__

#include <cuda_bf16.h>
#include <cuda_runtime.h>

#include "launch.cuh"
#include "ptx.cuh"

/// SHARED(tile, float[64]): an array of the block, aligned to 16 bytes. Nobody has written to it.
#define SHARED(name, ...) __shared__ __align__(16) std::type_identity_t<__VA_ARGS__> name

/// SHARED_DYNAMIC(rows, float): a pointer to the bytes that the launch asked for.
#define SHARED_DYNAMIC(name, type)                              \
  extern __shared__ __align__(16) unsigned char name##_bytes[]; \
  type* const name = reinterpret_cast<type*>(name##_bytes)

#else

#include "runner.hpp"

#endif

namespace eev::cuda {

inline constexpr unsigned whole_warp = 0xffffffffu;
inline constexpr int warp_lanes = 32;

/// What kernels call the elements of tensors.
inline float* in_kernel(float* data) { return data; }
inline const float* in_kernel(const float* data) { return data; }
inline __nv_bfloat16* in_kernel(bfloat16* data) { return reinterpret_cast<__nv_bfloat16*>(data); }
inline const __nv_bfloat16* in_kernel(const bfloat16* data) {
  return reinterpret_cast<const __nv_bfloat16*>(data);
}

/// True if `data` lies at a multiple of so many bytes, as vectors must.
inline bool aligned_to(std::size_t bytes, const void* data) {
  return reinterpret_cast<std::uintptr_t>(data) % bytes == 0;
}

/// Blocks of `size` that cover `count`.
inline unsigned blocks_for(dim count, dim size) { return unsigned((count + size - 1) / size); }

constexpr dim most_blocks_down = 65535;  // along a grid's y and z

// ---- elements: arithmetic is in float, whatever they are stored as ----

__device__ __forceinline__ float load(const float* from) { return *from; }
__device__ __forceinline__ float load(const __nv_bfloat16* from) { return __bfloat162float(*from); }
__device__ __forceinline__ void store(float* to, float value) { *to = value; }
__device__ __forceinline__ void store(__nv_bfloat16* to, float value) { *to = __float2bfloat16_rn(value); }

/// Two as a register of a matrix fragment, `low` in its lower half.
__device__ __forceinline__ std::uint32_t bfloat16_pair(float low, float high) {
  const __nv_bfloat162 pair = __floats2bfloat162_rn(low, high);
  std::uint32_t word;
  memcpy(&word, &pair, sizeof word);
  return word;
}

/// Four at once: 16 bytes of float, 8 of bfloat16, aligned to as many.
__device__ __forceinline__ float4 load4(const float* from) { return *reinterpret_cast<const float4*>(from); }
__device__ __forceinline__ float4 load4(const __nv_bfloat16* from) {
  struct alignas(8) bfloat16_pairs {
    __nv_bfloat162 low, high;
  };
  const auto pairs = *reinterpret_cast<const bfloat16_pairs*>(from);
  const float2 low = __bfloat1622float2(pairs.low), high = __bfloat1622float2(pairs.high);
  return make_float4(low.x, low.y, high.x, high.y);
}
__device__ __forceinline__ void store4(float* to, float4 values) { *reinterpret_cast<float4*>(to) = values; }
__device__ __forceinline__ void store4(__nv_bfloat16* to, float4 values) {
  struct alignas(8) {
    __nv_bfloat162 low, high;
  } pairs{__floats2bfloat162_rn(values.x, values.y), __floats2bfloat162_rn(values.z, values.w)};
  *reinterpret_cast<decltype(pairs)*>(to) = pairs;
}

}  // namespace eev::cuda

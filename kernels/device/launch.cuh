// In:  a kernel, the shape of its launch, its arguments.  Out: the kernel begun in the device's stream, or
// one eev::error that names it. Rests on: check, cuda/device.
#pragma once

#include <eev/cuda/device.hpp>

#include "check.cuh"

namespace eev::cuda {

/// More dynamic shared memory than this must be asked for.
inline constexpr std::size_t plain_shared_bytes = 48 * 1024;

template <class... Parameters, class... Arguments>
void launch(const char* name, device& device, dim3 grid, dim3 block, std::size_t dynamic_shared,
            void (*kernel)(Parameters...), Arguments... arguments) {
  check(cudaSetDevice(device.number()), "cudaSetDevice");
  if (dynamic_shared > plain_shared_bytes)
    check(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, int(dynamic_shared)),
          name);
  kernel<<<grid, block, dynamic_shared, device.stream()>>>(arguments...);
  check(cudaGetLastError(), name);
}

}  // namespace eev::cuda

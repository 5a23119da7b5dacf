// In:  a kernel, the shape of its launch, its arguments.  Out: the kernel begun in the device's stream, or
// one eev::error that names it. Rests on: check, cuda/device.
#pragma once

#include <eev/cuda/device.hpp>

#include "check.cuh"

namespace eev::cuda {

/// Lets the kernel have its dynamic shared memory, which must be asked for beyond 48 KiB.
template <class Kernel>
void prepare(const char* name, device& device, Kernel kernel, std::size_t dynamic_shared) {
  check(cudaSetDevice(device.number()), "cudaSetDevice");
  if (dynamic_shared > 48 * 1024)
    check(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, int(dynamic_shared)),
          name);
}

template <class... Parameters, class... Arguments>
void launch(const char* name, device& device, dim3 grid, dim3 block, std::size_t dynamic_shared,
            void (*kernel)(Parameters...), Arguments... arguments) {
  prepare(name, device, kernel, dynamic_shared);
  kernel<<<grid, block, dynamic_shared, device.stream()>>>(arguments...);
  check(cudaGetLastError(), name);
}

/// The same, for kernels whose blocks wait for each other, those of a team of `blocks` side by side along x:
/// all blocks run at once, or it is an error (runtime::room_for_blocks). Called within
/// device.begin_together().
template <class... Parameters, class... Arguments>
void launch_together(const char* name, device& device, unsigned /*blocks*/, dim3 grid, dim3 block,
                     std::size_t dynamic_shared, void (*kernel)(Parameters...), Arguments... arguments) {
  prepare(name, device, kernel, dynamic_shared);
  cudaLaunchAttribute together{};
  together.id = cudaLaunchAttributeCooperative;
  together.val.cooperative = 1;
  cudaLaunchConfig_t config{};
  config.gridDim = grid, config.blockDim = block, config.dynamicSmemBytes = dynamic_shared;
  config.stream = device.stream(), config.attrs = &together, config.numAttrs = 1;
  check(cudaLaunchKernelEx(&config, kernel, arguments...), name);
}

}  // namespace eev::cuda

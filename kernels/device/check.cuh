// In:  what a call of the CUDA runtime returned.  Out: nothing, or one eev::error that names the call, gives
// CUDA's words and says what to do.  Rests on: core/error, the CUDA runtime.
#pragma once

#include <cuda_runtime.h>

#include <eev/core/error.hpp>

namespace eev::cuda {

/// What the user can do about an error; empty if there is no advice.
inline const char* advice(cudaError_t status) {
  switch (status) {
    case cudaErrorMemoryAllocation:
      return "the GPU is out of memory; take a smaller batch, or a GPU that nobody else uses";
    case cudaErrorNoDevice:
      return "there is no NVIDIA GPU here; use the CPU";
    case cudaErrorInvalidDevice:
      return "there is no GPU of that number; nvidia-smi lists them";
    case cudaErrorInsufficientDriver:
    case cudaErrorSystemDriverMismatch:
    case cudaErrorUnsupportedPtxVersion:
      return "the NVIDIA driver is missing or too old for the CUDA version that eev was built with; install "
             "a "
             "newer driver, or use the CPU";
    case cudaErrorNoKernelImageForDevice:
    case cudaErrorInvalidDeviceFunction:
      return "eev was not built for this GPU; add its compute capability to CMAKE_CUDA_ARCHITECTURES";
    default:
      return "";
  }
}

/// `what`: the call, or the kernel that was launched.
inline void check(cudaError_t status, const char* what) {
  if (status == cudaSuccess) return;
  cudaGetLastError();  // an error that lets the program go on is not reported twice
  const std::string hint = advice(status);
  throw error(message("cuda: ", what, ": ", cudaGetErrorString(status), " (", cudaGetErrorName(status), ")",
                      hint.empty() ? "" : "; ", hint));
}

}  // namespace eev::cuda

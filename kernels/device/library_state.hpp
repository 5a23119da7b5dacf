// In:  what a call of cuBLASLt or cuDNN returned.  Out: nothing, or one eev::error that names the call and
// says what to do; what a device keeps for the libraries.  Rests on: cuBLASLt, cuDNN, check.
#pragma once

#include <map>
#include <memory>

#include <cublasLt.h>
#include <cudnn.h>

#include "check.cuh"
#include "matrix_product.hpp"

namespace eev::cuda {

/// A product as cuBLASLt wants it. Its matrices are column-major, so what lies in memory row by row is to it
/// the transpose: y^T [N, M] = b^T a^T.
struct product_plan {
  cublasLtMatmulDescOpaque_t operation;
  cublasLtMatrixLayoutOpaque_t first, second, result;  // b^T, a^T, y^T
  cublasLtMatmulHeuristicResult_t choice;              // the algorithm, and how much workspace it needs
};

struct release {
  void operator()(cublasLtContext* handle) const { cublasLtDestroy(handle); }
  void operator()(cudnnContext* handle) const { cudnnDestroy(handle); }
  void operator()(cudnnTensorStruct* descriptor) const { cudnnDestroyTensorDescriptor(descriptor); }
  void operator()(cudnnFilterStruct* descriptor) const { cudnnDestroyFilterDescriptor(descriptor); }
  void operator()(cudnnConvolutionStruct* descriptor) const { cudnnDestroyConvolutionDescriptor(descriptor); }
  void operator()(cudnnActivationStruct* descriptor) const { cudnnDestroyActivationDescriptor(descriptor); }
};
template <class Handle>
using owned = std::unique_ptr<Handle, release>;

/// A convolution as cuDNN wants it.
struct convolution_plan {
  owned<cudnnTensorStruct> x, y, bias;
  owned<cudnnFilterStruct> filters;
  owned<cudnnConvolutionStruct> convolution;
  owned<cudnnActivationStruct> activation;
  std::size_t workspace = 0;  // bytes
};

using product_key = std::array<dim, 14>;  // all that a plan depends on

struct library_state {
  int architecture;  // compute capability, 90 for 9.0
  owned<cublasLtContext> matrices;
  std::map<product_key, std::pair<matrix_product, product_plan>> products;  // those made so far

  owned<cudnnContext> networks;  // made by the first convolution: loading cuDNN takes its time
  std::map<std::array<dim, 14>, convolution_plan> convolutions;
};

inline const char* advice(cublasStatus_t status) {
  switch (status) {
    case CUBLAS_STATUS_ALLOC_FAILED:
    case CUBLAS_STATUS_NOT_INITIALIZED:
      return advice(cudaErrorMemoryAllocation);
    case CUBLAS_STATUS_ARCH_MISMATCH:
      return "this cuBLAS does not know this GPU; install the cuBLAS of a newer CUDA toolkit";
    case CUBLAS_STATUS_NOT_SUPPORTED:
      return "this cuBLAS has no algorithm for it; install the cuBLAS of a newer CUDA toolkit, or use the "
             "CPU";
    default:
      return "";
  }
}

inline void check(cublasStatus_t status, const std::string& what) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  const std::string hint = advice(status);
  throw error(message("cuda: ", what, ": ", cublasLtGetStatusString(status), " (",
                      cublasLtGetStatusName(status), ")", hint.empty() ? "" : "; ", hint));
}

inline const char* advice(cudnnStatus_t status) {
  switch (status) {
    case CUDNN_STATUS_NOT_INITIALIZED:
    case CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED:
      return advice(cudaErrorMemoryAllocation);
    case CUDNN_STATUS_SUBLIBRARY_VERSION_MISMATCH:
    case CUDNN_STATUS_SUBLIBRARY_LOADING_FAILED:
      return "cuDNN is not installed whole; install cuDNN 9 for this CUDA version again";
    default:
      return CUDNN_STATUS_CATEGORY(status) == CUDNN_STATUS_NOT_SUPPORTED
                 ? "this cuDNN has no algorithm for it; install a newer cuDNN 9, or use the CPU"
                 : "";
  }
}

inline void check(cudnnStatus_t status, const std::string& what) {
  if (status == CUDNN_STATUS_SUCCESS) return;
  const std::string hint = advice(status);
  throw error(message("cuda: ", what, ": ", cudnnGetErrorString(status), hint.empty() ? "" : "; ", hint));
}

}  // namespace eev::cuda

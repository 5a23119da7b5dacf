// In:  what a call of cuBLASLt returned.  Out: nothing, or one eev::error that names the call and says what
// to do; what a device keeps for the libraries.  Rests on: cuBLASLt, check.
#pragma once

#include <map>

#include <cublasLt.h>

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

struct library_state {
  int architecture;  // compute capability, 90 for 9.0
  cublasLtHandle_t matrices = nullptr;
  std::map<std::array<dim, 20>, std::pair<matrix_product, product_plan>> products;  // those made so far
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

}  // namespace eev::cuda

// kernels/device/libraries.hpp: the handles of cuBLASLt and cuDNN.
#include "library_state.hpp"

namespace eev::cuda {

library_state* create_libraries() {
  int number = 0, major = 0, minor = 0;
  check(cudaGetDevice(&number), "cudaGetDevice");
  check(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, number), "cudaDeviceGetAttribute");
  check(cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, number), "cudaDeviceGetAttribute");
  auto libraries = std::make_unique<library_state>();
  libraries->architecture = 10 * major + minor;
  cublasLtHandle_t matrices = nullptr;
  check(cublasLtCreate(&matrices), "cublasLtCreate");
  libraries->matrices.reset(matrices);
  return libraries.release();
}

void destroy_libraries(library_state* libraries) { delete libraries; }

}  // namespace eev::cuda

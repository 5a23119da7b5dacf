// kernels/device/libraries.hpp: the handles of cuBLASLt.
#include "library_state.hpp"

namespace eev::cuda {

library_state* create_libraries() {
  int number = 0, major = 0, minor = 0;
  check(cudaGetDevice(&number), "cudaGetDevice");
  check(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, number), "cudaDeviceGetAttribute");
  check(cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, number), "cudaDeviceGetAttribute");
  auto libraries = std::make_unique<library_state>();
  libraries->architecture = 10 * major + minor;
  check(cublasLtCreate(&libraries->matrices), "cublasLtCreate");
  return libraries.release();
}

void destroy_libraries(library_state* libraries) {
  cublasLtDestroy(libraries->matrices);
  delete libraries;
}

}  // namespace eev::cuda

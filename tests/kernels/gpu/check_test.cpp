#include "device/check.cuh"

#include <doctest/doctest.h>

using namespace eev;

namespace {

std::string message_of(cudaError_t status) {
  try {
    cuda::check(status, "cudaSomething");
  } catch (const error& problem) {
    return problem.what();
  }
  return "";
}

}  // namespace

TEST_CASE("an error of CUDA names the call, and says what to do in one line") {
  const std::pair<cudaError_t, const char*> advised[] = {
      {cudaErrorMemoryAllocation, "the GPU is out of memory; take a smaller batch"},
      {cudaErrorNoDevice, "there is no NVIDIA GPU here; use the CPU"},
      {cudaErrorInvalidDevice, "nvidia-smi lists them"},
      {cudaErrorInsufficientDriver, "the NVIDIA driver is missing or too old"},
      {cudaErrorUnsupportedPtxVersion, "install a newer driver, or use the CPU"},
      {cudaErrorNoKernelImageForDevice, "add its compute capability to CMAKE_CUDA_ARCHITECTURES"}};
  for (auto [status, advice] : advised) {
    const std::string message = message_of(status);
    CHECK(message.find("cuda: cudaSomething: ") == 0);
    CHECK(message.find(cudaGetErrorName(status)) != message.npos);
    CHECK(message.find(advice) != message.npos);
    CHECK(message.find('\n') == message.npos);
  }
}

TEST_CASE("an error without advice is told in CUDA's own words, success is none") {
  CHECK(message_of(cudaErrorIllegalAddress) ==
        "cuda: cudaSomething: an illegal memory access was encountered (cudaErrorIllegalAddress)");
  CHECK(message_of(cudaSuccess).empty());
}

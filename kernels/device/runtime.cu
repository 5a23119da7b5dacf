// kernels/device/runtime.hpp by the CUDA runtime.
#include "check.cuh"
#include "runtime.hpp"

namespace eev::cuda::runtime {

int count() {
  int count = 0;
  check(cudaGetDeviceCount(&count), "cudaGetDeviceCount");
  return count;
}

int driver_version() {
  int version = 0;
  return cudaDriverGetVersion(&version) == cudaSuccess ? version : 0;
}

std::string name_of(int number) {
  require(number >= 0 && number < count(), "cuda: there is no GPU ", number, "; this machine has ", count(),
          ", numbered from 0");
  cudaDeviceProp facts;
  check(cudaGetDeviceProperties(&facts, number), "cudaGetDeviceProperties");
  require(facts.major >= 8, "cuda: GPU ", number, ", ", facts.name, ", has compute capability ", facts.major,
          ".", facts.minor, "; eev needs 8.0 or later (Ampere); use the CPU");
  return facts.name;
}

void select(int number) { check(cudaSetDevice(number), "cudaSetDevice"); }

int room_for_blocks(int number, std::size_t shared) {
  int processors = 0, most = 0, cooperative = 0;
  const auto ask = [&](int& value, cudaDeviceAttr attribute) {
    check(cudaDeviceGetAttribute(&value, attribute, number), "cudaDeviceGetAttribute");
  };
  ask(processors, cudaDevAttrMultiProcessorCount);
  ask(most, cudaDevAttrMaxSharedMemoryPerBlockOptin);
  ask(cooperative, cudaDevAttrCooperativeLaunch);
  return cooperative && shared + 1024 <= std::size_t(most) ? processors : 0;
}

void* allocate(std::size_t bytes) {
  void* memory = nullptr;
  check(cudaMalloc(&memory, bytes), message("cudaMalloc of ", bytes, " bytes").c_str());
  return memory;
}
void release(void* memory) { cudaFree(memory); }

void* allocate_pinned(std::size_t bytes) {
  void* memory = nullptr;
  check(cudaMallocHost(&memory, bytes), message("cudaMallocHost of ", bytes, " bytes").c_str());
  return memory;
}
void release_pinned(void* memory) { cudaFreeHost(memory); }

CUstream_st* create_stream() {
  cudaStream_t stream = nullptr;
  check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "cudaStreamCreate");
  return stream;
}
void destroy_stream(CUstream_st* stream) { cudaStreamDestroy(stream); }

CUevent_st* create_event() {
  cudaEvent_t event = nullptr;
  check(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), "cudaEventCreate");
  return event;
}
void destroy_event(CUevent_st* event) { cudaEventDestroy(event); }

void copy(void* to, const void* from, std::size_t bytes, CUstream_st* stream) {
  check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDefault, stream), "cudaMemcpyAsync");
}

void record(CUevent_st* event, CUstream_st* stream) {
  check(cudaEventRecord(event, stream), "cudaEventRecord");
}
void wait(CUevent_st* event) { check(cudaEventSynchronize(event), "cudaEventSynchronize"); }
void wait(CUstream_st* stream) { check(cudaStreamSynchronize(stream), "cudaStreamSynchronize"); }

void hold(CUstream_st* stream, CUevent_st* until) {
  check(cudaStreamWaitEvent(stream, until, 0), "cudaStreamWaitEvent");
}

void begin_recording(CUstream_st* stream) {
  check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), "cudaStreamBeginCapture");
}

CUgraphExec_st* end_recording(CUstream_st* stream) {
  cudaGraph_t graph = nullptr;
  check(cudaStreamEndCapture(stream, &graph), "cudaStreamEndCapture");
  cudaGraphExec_t executable = nullptr;
  const cudaError_t status = cudaGraphInstantiate(&executable, graph, 0);
  cudaGraphDestroy(graph);
  check(status, "cudaGraphInstantiate");
  return executable;
}

void replay(CUgraphExec_st* graph, CUstream_st* stream) {
  check(cudaGraphLaunch(graph, stream), "cudaGraphLaunch");
}
void destroy_graph(CUgraphExec_st* graph) { cudaGraphExecDestroy(graph); }

}  // namespace eev::cuda::runtime

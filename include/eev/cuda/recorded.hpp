// In:  work on tensors that stay where they are.  Out: the work begun in the GPU's stream; from the third
// time on by one call, a CUDA graph.  Rests on: cuda/device; the library eev::cuda.
#pragma once

#include <memory>

#include <eev/core/recorded.hpp>
#include <eev/cuda/device.hpp>

struct CUgraphExec_st;  // what cudaGraphExec_t points to

namespace eev {

/// A network is hundreds of kernels, each of which the processor would have to begin. The work may neither
/// upload nor download, and must be the same each time: the same operations on the same tensors. Scratch
/// memory that it takes must lie where it lay, so it is recorded anew if the device's has moved.
template <>
class recorded<cuda::device> {
 public:
  explicit recorded(cuda::device& device) : device_(device), graph_(nullptr, release) {}

  template <class Work>
  void operator()(Work work) {
    const auto scratch = device_.next_scratch();
    if (graph_ && scratch == scratch_) return replay();
    if (scratch != scratch_ || !ran_) {  // the first time memory is allocated, which cannot be recorded
      graph_.reset();
      work();
      scratch_ = scratch, ran_ = true;
      return;
    }
    begin();
    try {
      work();
    } catch (...) {
      abandon();
      throw;
    }
    end();
    replay();
  }

 private:
  static void release(CUgraphExec_st* graph);
  void begin();
  void abandon();
  void end();
  void replay();

  cuda::device& device_;
  std::unique_ptr<CUgraphExec_st, void (*)(CUgraphExec_st*)> graph_;
  std::array<const void*, 2> scratch_{};
  bool ran_ = false;
};

}  // namespace eev

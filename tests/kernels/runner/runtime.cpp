// kernels/device/runtime.hpp on the host's memory: one "GPU", number 0.
//
// Memory is exactly as large as was asked for, so that the address sanitizer sees one byte too many, and full
// of not-a-number. A copy is made when somebody waits for it, or a kernel comes after it, and no earlier:
// pinned memory that is changed or read too soon shows.
#include "device/runtime.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <vector>

#include "failure.hpp"
#include "stream.hpp"

struct CUstream_st {};
struct CUevent_st {
  std::uint64_t copies = 0;  // that come before it
};
struct CUgraphExec_st {
  std::vector<std::function<void()>> work;
};

namespace eev {

namespace {

struct copy_to_make {
  void* to;
  const void* from;
  std::size_t bytes;
};
std::deque<copy_to_make> begun;
std::uint64_t copies_begun = 0;
std::unique_ptr<CUgraphExec_st> recording;

/// What CUDA refuses while it records.
void cannot_be_recorded(const char* what) { runner::require_that(!recording, what, " cannot be recorded"); }

/// Makes the copies until only `left` are not made.
void make_copies(std::size_t left) {
  for (; begun.size() > left; begun.pop_front())
    std::memcpy(begun.front().to, begun.front().from, begun.front().bytes);
}

void* exactly(std::size_t bytes) {
  void* memory = nullptr;
  require(posix_memalign(&memory, 256, bytes) == 0, "out of memory: ", bytes, " bytes");
  return std::memset(memory, 0xff, bytes);
}

}  // namespace

void runner::begin(std::function<void()> work) {
  if (recording) return recording->work.push_back(std::move(work));
  make_copies(0);
  work();
}

namespace cuda::runtime {

int count() { return 1; }
int driver_version() { return 0; }

std::string name_of(int number) {
  require(number == 0, "cuda: there is no GPU ", number, "; this machine has 1, numbered from 0");
  return "the kernel runner on the CPU";
}
void select(int) {}
int room_for_blocks(int, std::size_t) { return 32; }  // few, so that work is cut into pieces

void* allocate(std::size_t bytes) {
  cannot_be_recorded("an allocation");
  return exactly(bytes);
}
void* allocate_pinned(std::size_t bytes) { return exactly(bytes); }

// Both wait for the GPU, as cudaFree and cudaFreeHost do.
void release(void* memory) {
  make_copies(0);
  std::free(memory);
}
void release_pinned(void* memory) { release(memory); }

CUstream_st* create_stream() { return new CUstream_st; }
void destroy_stream(CUstream_st* stream) { delete stream; }
CUevent_st* create_event() { return new CUevent_st; }
void destroy_event(CUevent_st* event) { delete event; }

void copy(void* to, const void* from, std::size_t bytes, CUstream_st*) {
  cannot_be_recorded("a copy from or to the host");
  begun.push_back({to, from, bytes});
  ++copies_begun;
}
void record(CUevent_st* event, CUstream_st*) { event->copies = copies_begun; }
void wait(CUevent_st* event) {
  cannot_be_recorded("to wait for the GPU");
  const std::uint64_t after = copies_begun - event->copies;
  make_copies(std::min<std::size_t>(begun.size(), after));
}
void wait(CUstream_st*) {
  cannot_be_recorded("to wait for the GPU");
  make_copies(0);
}

void begin_recording(CUstream_st*) { recording = std::make_unique<CUgraphExec_st>(); }
CUgraphExec_st* end_recording(CUstream_st*) { return recording.release(); }
void replay(CUgraphExec_st* graph, CUstream_st*) {
  for (const auto& work : graph->work) runner::begin(work);
}
void destroy_graph(CUgraphExec_st* graph) { delete graph; }

}  // namespace cuda::runtime
}  // namespace eev

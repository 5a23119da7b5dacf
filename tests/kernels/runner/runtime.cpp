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

#include "stream.hpp"

struct CUstream_st {};
struct CUevent_st {
  std::uint64_t copies = 0;  // that come before it
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

void runner::finish_copies() { make_copies(0); }

namespace cuda::runtime {

std::string name_of(int number) {
  require(number == 0, "cuda: there is no GPU ", number, "; this machine has 1, numbered from 0");
  return "the kernel runner on the CPU";
}
void select(int) {}

void* allocate(std::size_t bytes) { return exactly(bytes); }
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
  begun.push_back({to, from, bytes});
  ++copies_begun;
}
void record(CUevent_st* event, CUstream_st*) { event->copies = copies_begun; }
void wait(CUevent_st* event) {
  const std::uint64_t after = copies_begun - event->copies;
  make_copies(std::min<std::size_t>(begun.size(), after));
}
void wait(CUstream_st*) { make_copies(0); }

}  // namespace cuda::runtime
}  // namespace eev

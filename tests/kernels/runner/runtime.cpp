// kernels/device/runtime.hpp on the host's memory: one "GPU", number 0.
//
// Memory is exactly as large as was asked for, so that the address sanitizer sees one byte too many, and full
// of not-a-number. A copy is made when somebody waits for it, or a kernel comes after it, and no earlier:
// pinned memory that is changed or read too soon shows.
#include "device/runtime.hpp"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <vector>

#include "failure.hpp"
#include "sanitizers.hpp"
#include "stream.hpp"

struct CUstream_st {
  bool second;                              // of its device
  std::deque<std::function<void()>> begun;  // and not done
  std::uint64_t done = 0;
};
struct CUevent_st {
  CUstream_st* stream = nullptr;
  std::uint64_t place = 0;  // so much of the stream's work comes before it
  int recording = 0;        // that it is a part of
};
struct CUgraphExec_st {
  CUstream_st* stream;
  int number;
  std::vector<std::function<void()>> work{};
  bool spoilt = false;  // by what cannot be recorded
};

namespace eev {

namespace {

std::vector<CUstream_st*> streams;
runner::prompt at_once = runner::prompt::first;
std::unique_ptr<CUgraphExec_st> recording;

/// The number of the recording; 0 if there is none.
int recording_now() { return recording ? recording->number : 0; }

/// What CUDA refuses while it records. Afterwards the recording can only be ended.
void cannot_be_recorded(const char* what) {
  if (!recording) return;
  recording->spoilt = true;
  throw runner::failure(message(what, " cannot be recorded"));
}
void can_be_recorded() { runner::require_that(!recording || !recording->spoilt, "the recording is spoilt"); }

void work_until(CUstream_st& stream, std::uint64_t place) {
  while (stream.done < place) {
    const auto work = std::move(stream.begun.front());
    stream.begun.pop_front(), ++stream.done;
    work();
  }
}
void work_off(CUstream_st& stream) { work_until(stream, stream.done + stream.begun.size()); }
void happen(const CUevent_st& event) {
  if (event.stream) work_until(*event.stream, event.place);
}

void* exactly(std::size_t bytes) {
  void* memory = nullptr;
  require(posix_memalign(&memory, 256, bytes) == 0, "out of memory: ", bytes, " bytes");
  runner::unchecked filling;  // which would take the race checker longer than most kernels
  return std::memset(memory, 0xff, bytes);
}

}  // namespace

void runner::begin(CUstream_st* stream, std::function<void()> work) {
  can_be_recorded();
  if (recording) return recording->work.push_back(std::move(work));
  stream->begun.push_back(std::move(work));
  if (stream->second == (at_once == prompt::second)) work_off(*stream);
}

void runner::do_at_once(prompt which) { at_once = which; }

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
  for (CUstream_st* stream : streams) work_off(*stream);
  std::free(memory);
}
void release_pinned(void* memory) { release(memory); }

CUstream_st* create_stream() {  // a device creates two
  return streams.emplace_back(new CUstream_st{streams.size() % 2 == 1, {}});
}
void destroy_stream(CUstream_st* stream) {
  std::erase(streams, stream);
  delete stream;
}
CUevent_st* create_event() { return new CUevent_st; }
void destroy_event(CUevent_st* event) { delete event; }

void copy(void* to, const void* from, std::size_t bytes, CUstream_st* stream) {
  cannot_be_recorded("a copy from or to the host");
  stream->begun.push_back([=] { std::memcpy(to, from, bytes); });
}
void record(CUevent_st* event, CUstream_st* stream) {
  can_be_recorded();
  *event = {stream, stream->done + stream->begun.size(), recording_now()};
}
void wait(CUevent_st* event) {
  cannot_be_recorded("to wait for the GPU");
  happen(*event);
}
void wait(CUstream_st* stream) {
  cannot_be_recorded("to wait for the GPU");
  work_off(*stream);
}
void hold(CUstream_st* stream, CUevent_st* until) {
  can_be_recorded();
  runner::require_that(!until->stream || until->recording == recording_now(),
                       "a stream waits for an event of another recording, or of none");
  if (!recording) stream->begun.push_back([event = *until] { happen(event); });
}

void begin_recording(CUstream_st* stream) {
  static int number = 0;
  recording.reset(new CUgraphExec_st{stream, ++number});
}
CUgraphExec_st* end_recording(CUstream_st* stream) {
  runner::require_that(stream == recording->stream, "a recording ends in another stream than it began in");
  const auto ended = std::move(recording);
  runner::require_that(!ended->spoilt, "the recording is spoilt");
  return new CUgraphExec_st(*ended);
}
void replay(CUgraphExec_st* graph, CUstream_st* stream) {
  for (const auto& work : graph->work) runner::begin(stream, work);
}
void destroy_graph(CUgraphExec_st* graph) { delete graph; }

}  // namespace cuda::runtime
}  // namespace eev

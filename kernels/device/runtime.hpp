// In:  what the device wants of the CUDA runtime.  Out: that, or one eev::error.  Rests on: core/error.
//
// The seam below cuda::device. runtime.cu does it with the CUDA runtime; in tests without a GPU
// tests/kernels/runner/runtime.cpp does it on the host's memory. Which of them is linked decides.
#pragma once

#include <cstddef>
#include <string>

#include <eev/core/error.hpp>

struct CUstream_st;
struct CUevent_st;
struct CUgraphExec_st;

namespace eev::cuda::runtime {

/// How many GPUs there are; throws if there is none.
int count();

/// The newest CUDA that the driver knows, 1000 major + 10 minor; 0 without a driver.
int driver_version();

/// The name of GPU `number`, if this library can run on it.
std::string name_of(int number);

/// What this thread does from now on concerns GPU `number`.
void select(int number);

/// How many blocks, each with so many bytes of dynamic shared memory, can run at once, one on each
/// multiprocessor; 0 if a block cannot have as many.
int room_for_blocks(int number, std::size_t shared);

void* allocate(std::size_t bytes);
void release(void* memory);
void* allocate_pinned(std::size_t bytes);  // of the host, within the GPU's reach
void release_pinned(void* memory);

CUstream_st* create_stream();
void destroy_stream(CUstream_st* stream);
CUevent_st* create_event();
void destroy_event(CUevent_st* event);

/// Begins a copy in either direction; host memory must be pinned.
void copy(void* to, const void* from, std::size_t bytes, CUstream_st* stream);

/// The event happens when the stream has come so far. One that was never recorded has happened.
void record(CUevent_st* event, CUstream_st* stream);
void wait(CUevent_st* event);
void wait(CUstream_st* stream);

/// What is begun in the stream from now on comes after the event.
void hold(CUstream_st* stream, CUevent_st* until);

/// What is begun in the stream in between, and in streams that are held until events of it, is not done but
/// becomes a graph, which can be begun as one.
void begin_recording(CUstream_st* stream);
CUgraphExec_st* end_recording(CUstream_st* stream);
void replay(CUgraphExec_st* graph, CUstream_st* stream);
void destroy_graph(CUgraphExec_st* graph);

}  // namespace eev::cuda::runtime

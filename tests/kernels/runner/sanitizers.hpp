// In:  the sanitizer this is built with, if any.  Out: the calls by which it is told of fibers, of memory
// that must not be touched and of what orders memory accesses. Without a sanitizer they are empty.
//
// The thread sanitizer is the race checker: each CUDA thread is a fiber of its own to it, and only barriers
// order their accesses. So it finds a race whether or not the accesses came in a harmful order.
#pragma once

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

#if defined(__SANITIZE_THREAD__)
extern "C" {
void* __tsan_get_current_fiber();
void* __tsan_create_fiber(unsigned flags);
void __tsan_destroy_fiber(void* fiber);
void __tsan_switch_to_fiber(void* fiber, unsigned flags);
void __tsan_acquire(void* address);
void __tsan_release(void* address);
void AnnotateIgnoreReadsBegin(const char* file, int line);
void AnnotateIgnoreReadsEnd(const char* file, int line);
void AnnotateIgnoreWritesBegin(const char* file, int line);
void AnnotateIgnoreWritesEnd(const char* file, int line);
}
#define EEV_UNINSTRUMENTED __attribute__((no_sanitize("thread"), noinline))
#else
#define EEV_UNINSTRUMENTED
#endif

namespace eev::runner {

#if defined(__SANITIZE_THREAD__)
inline constexpr bool race_checked = true;
/// What other threads did before their release() of `clock` comes before what this one does next.
inline void acquire(char& clock) { __tsan_acquire(&clock); }
inline void release(char& clock) { __tsan_release(&clock); }

/// While it lives, what this thread reads and writes is not looked at: the runner's scheduler sees into all
/// CUDA threads.
class unchecked {
 public:
  unchecked() { AnnotateIgnoreReadsBegin("", 0), AnnotateIgnoreWritesBegin("", 0); }
  ~unchecked() { AnnotateIgnoreWritesEnd("", 0), AnnotateIgnoreReadsEnd("", 0); }
  unchecked(const unchecked&) = delete;
  unchecked& operator=(const unchecked&) = delete;
};
#else
inline constexpr bool race_checked = false;
inline void acquire(char&) {}
inline void release(char&) {}
struct unchecked {
  ~unchecked() {}
};
#endif

#if defined(__SANITIZE_ADDRESS__)
inline void forbid(const void* memory, std::size_t bytes) { ASAN_POISON_MEMORY_REGION(memory, bytes); }
inline void allow(const void* memory, std::size_t bytes) { ASAN_UNPOISON_MEMORY_REGION(memory, bytes); }
#else
inline void forbid(const void*, std::size_t) {}
inline void allow(const void*, std::size_t) {}
#endif

}  // namespace eev::runner

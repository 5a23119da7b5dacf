// In:  a function.  Out: the function running on a stack of its own, with the power to pause.  Rests on:
// sanitizers.
//
// A kernel stops in the middle wherever threads wait for each other. A fiber can: it costs a few nanoseconds
// to switch, and who runs when is ours to choose.
#pragma once

#include <cstddef>
#include <new>

#include <sys/mman.h>

#include "sanitizers.hpp"

#if !defined(__x86_64__)
#error "the kernel runner switches stacks on x86-64 only"
#endif

namespace eev::runner {

/// Stacks for so many fibers, each above a page that must not be touched.
class stacks {
 public:
  static constexpr std::size_t size = 64 * 1024;

  explicit stacks(int count) : bytes_(count * (guard + size)) {
    memory_ =
        mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory_ == MAP_FAILED) throw std::bad_alloc();
    for (int i = 0; i < count; ++i) mprotect((*this)[i] - guard, guard, PROT_NONE);
  }
  ~stacks() {
    allow(memory_, bytes_);  // a fiber that was abandoned leaves the marks of its variables
    munmap(memory_, bytes_);
  }
  stacks(const stacks&) = delete;
  stacks& operator=(const stacks&) = delete;

  std::byte* operator[](int i) const {
    return static_cast<std::byte*>(memory_) + std::size_t(i) * (guard + size) + guard;
  }

 private:
  static constexpr std::size_t guard = 4096;

  std::size_t bytes_;
  void* memory_;
};

/// Saves the registers that a call must preserve and the stack pointer, and takes up those of `to`.
__attribute__((naked, noinline)) inline void switch_stack(void** /*from*/, void* /*to*/) {
  asm volatile(
      "push %rbp\n push %rbx\n push %r12\n push %r13\n push %r14\n push %r15\n"
      "mov %rsp, (%rdi)\n"
      "mov %rsi, %rsp\n"
      "pop %r15\n pop %r14\n pop %r13\n pop %r12\n pop %rbx\n pop %rbp\n"
      "ret\n");
}

class fiber {
 public:
  /// The function must not return: it ends with finish().
  using function = void (*)(void* argument);

  /// Lays out the stack as if `body` had been interrupted before its first line.
  EEV_UNINSTRUMENTED void prepare(std::byte* stack, function body, void* argument) {
    stack_ = stack, body_ = body, argument_ = argument;
    void** top = reinterpret_cast<void**>(stack + stacks::size - 64);
    *--top = nullptr;  // nowhere to return to
    *--top = reinterpret_cast<void*>(&enter);
    for (int saved = 0; saved < 6; ++saved) *--top = nullptr;
    own_ = top;
#if defined(__SANITIZE_THREAD__)
    identity_ = __tsan_create_fiber(0);
#endif
  }

  /// From the scheduler: runs the fiber until it pauses or finishes.
  EEV_UNINSTRUMENTED void resume() {
    entering_ = this;
#if defined(__SANITIZE_ADDRESS__)
    void* fake = nullptr;
    __sanitizer_start_switch_fiber(&fake, stack_, stacks::size);
#endif
#if defined(__SANITIZE_THREAD__)
    caller_identity_ = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(identity_, unordered);
#endif
    switch_stack(&caller_, own_);
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(fake, nullptr, nullptr);
#endif
  }

  /// From the fiber: back to the scheduler, until the next resume().
  EEV_UNINSTRUMENTED void pause() { leave(false); }
  [[noreturn]] EEV_UNINSTRUMENTED void finish() {
    leave(true);
    __builtin_trap();
  }

  /// From the scheduler, once the fiber runs no more.
  EEV_UNINSTRUMENTED void destroy() {
#if defined(__SANITIZE_THREAD__)
    __tsan_destroy_fiber(identity_);
#endif
  }

 private:
  static constexpr unsigned unordered = 1;  // a switch alone orders no memory accesses

  EEV_UNINSTRUMENTED static void enter() {
    fiber& self = *entering_;
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(nullptr, &self.caller_stack_, &self.caller_stack_size_);
#endif
    self.body_(self.argument_);
    __builtin_trap();
  }

  EEV_UNINSTRUMENTED void leave([[maybe_unused]] bool for_good) {
#if defined(__SANITIZE_ADDRESS__)
    void* fake = nullptr;
    __sanitizer_start_switch_fiber(for_good ? nullptr : &fake, caller_stack_, caller_stack_size_);
#endif
#if defined(__SANITIZE_THREAD__)
    __tsan_switch_to_fiber(caller_identity_, unordered);
#endif
    switch_stack(&own_, caller_);
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(fake, nullptr, nullptr);
#endif
  }

  static inline fiber* entering_ = nullptr;

  std::byte* stack_ = nullptr;
  function body_ = nullptr;
  void* argument_ = nullptr;
  void *own_ = nullptr, *caller_ = nullptr;  // stack pointers
  const void* caller_stack_ = nullptr;       // for the address sanitizer
  std::size_t caller_stack_size_ = 0;
  void *identity_ = nullptr, *caller_identity_ = nullptr;  // for the thread sanitizer
};

}  // namespace eev::runner

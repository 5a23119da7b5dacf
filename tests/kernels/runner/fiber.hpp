// In:  a function.  Out: the function running on a stack of its own, with the power to pause.  Rests on:
// sanitizers.
//
// A kernel stops in the middle wherever threads wait for each other. A fiber can: it costs a few nanoseconds
// to switch, and who runs when is ours to choose.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include <sys/mman.h>

#include "sanitizers.hpp"

#if !defined(__x86_64__)
#error "the kernel runner switches stacks on x86-64 only"
#endif

namespace eev::runner {

/// What a fiber runs on: a stack above a page that must not be touched, and a name of its own to the thread
/// sanitizer. To make one takes system calls, so those that fibers have left are used again.
class strand {
 public:
  static constexpr std::size_t stack_size = 64 * 1024;

  strand() : memory_(mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
    if (memory_ == MAP_FAILED) throw std::bad_alloc();
    mprotect(memory_, guard, PROT_NONE);
#if defined(__SANITIZE_THREAD__)
    name_ = __tsan_create_fiber(0);
#endif
  }
  ~strand() {
#if defined(__SANITIZE_THREAD__)
    __tsan_destroy_fiber(name_);
#endif
    allow(memory_, bytes);
    munmap(memory_, bytes);
  }
  strand(const strand&) = delete;
  strand& operator=(const strand&) = delete;

  static std::unique_ptr<strand> take() {
    if (idle_.empty()) return std::make_unique<strand>();
    auto last = std::move(idle_.back());
    idle_.pop_back();
    return last;
  }
  /// Of a fiber that has finished, once all that it did comes before whatever may be next.
  static void give_back(std::unique_ptr<strand> strand) { idle_.push_back(std::move(strand)); }

  std::byte* stack() const { return static_cast<std::byte*>(memory_) + guard; }
  void* name() const { return name_; }

 private:
  static constexpr std::size_t guard = 4096, bytes = guard + stack_size;
  static inline std::vector<std::unique_ptr<strand>> idle_;

  void *memory_, *name_ = nullptr;
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
  EEV_UNINSTRUMENTED void prepare(function body, void* argument) {
    if (!strand_) strand_ = strand::take();
    body_ = body, argument_ = argument;
    allow(strand_->stack(), strand::stack_size);  // who ran here before did not return, so its marks are left
    void** top = reinterpret_cast<void**>(strand_->stack() + strand::stack_size - 64);
    *--top = nullptr;  // nowhere to return to
    *--top = reinterpret_cast<void*>(&enter);
    for (int saved = 0; saved < 6; ++saved) *--top = nullptr;
    own_ = top;
  }

  /// From the scheduler: runs the fiber until it pauses or finishes.
  EEV_UNINSTRUMENTED void resume() {
    entering_ = this;
#if defined(__SANITIZE_ADDRESS__)
    void* fake = nullptr;
    __sanitizer_start_switch_fiber(&fake, strand_->stack(), strand::stack_size);
#endif
#if defined(__SANITIZE_THREAD__)
    caller_name_ = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(strand_->name(), unordered);
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

  /// From the scheduler, once the fiber has finished and what it did comes before what the caller does next.
  /// (The strand of a fiber that is dropped in the middle of its work is not used again.)
  void leave_strand() { strand::give_back(std::move(strand_)); }

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
    __tsan_switch_to_fiber(caller_name_, unordered);
#endif
    switch_stack(&own_, caller_);
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(fake, nullptr, nullptr);
#endif
  }

  static inline fiber* entering_ = nullptr;

  std::unique_ptr<strand> strand_;
  function body_ = nullptr;
  void* argument_ = nullptr;
  void *own_ = nullptr, *caller_ = nullptr;  // stack pointers
  const void* caller_stack_ = nullptr;       // for the address sanitizer
  std::size_t caller_stack_size_ = 0;
  void* caller_name_ = nullptr;  // for the thread sanitizer
};

}  // namespace eev::runner

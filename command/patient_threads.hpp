// In:  the arguments of main().  Out: OpenMP's threads sleep while they have nothing to do.  Rests on: Linux.
#pragma once

#include <cstdlib>

#include <unistd.h>

namespace eev::command {

/// By default they spin, which keeps the cores from every other program: two of `eev demo --clips 2` at once
/// on two cores took 56 s, and 10 s with threads that sleep; one alone takes 6 s either way. OpenMP reads its
/// environment before main() begins, so the program has to begin once more. Whoever has set OMP_WAIT_POLICY
/// gets that.
inline void let_threads_sleep(char** argv) {
  if (std::getenv("OMP_WAIT_POLICY")) return;
  setenv("OMP_WAIT_POLICY", "passive", 1);
  execv("/proc/self/exe", argv);  // returns only if it cannot; then they spin
}

}  // namespace eev::command

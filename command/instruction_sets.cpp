// In:  compiled_for.hpp, the processor.  Out: which instructions the program uses and which there are.
//
// Compiled without instruction sets of its own (CMakeLists.txt), so that it runs where the rest does not.
#include "instruction_sets.hpp"

#include <cstring>

#include <unistd.h>

#include "compiled_for.hpp"

namespace eev::command {

#if defined(__x86_64__)
namespace {

constexpr const char* names[] = {"sse4.2",  "avx",      "avx2",     "fma",      "f16c",       "bmi2",
                                 "avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512vnni", "avx512bf16"};
constexpr int count = sizeof names / sizeof *names;

bool is_available(int which) {
  __builtin_cpu_init();
  switch (which) {
    case 0:
      return __builtin_cpu_supports("sse4.2");
    case 1:
      return __builtin_cpu_supports("avx");
    case 2:
      return __builtin_cpu_supports("avx2");
    case 3:
      return __builtin_cpu_supports("fma");
    case 4:
      return __builtin_cpu_supports("f16c");
    case 5:
      return __builtin_cpu_supports("bmi2");
    case 6:
      return __builtin_cpu_supports("avx512f");
    case 7:
      return __builtin_cpu_supports("avx512bw");
    case 8:
      return __builtin_cpu_supports("avx512dq");
    case 9:
      return __builtin_cpu_supports("avx512vl");
    case 10:
      return __builtin_cpu_supports("avx512vnni");
    default:
      return __builtin_cpu_supports("avx512bf16");
  }
}

void say(const char* text) { (void)!::write(STDERR_FILENO, text, std::strlen(text)); }

/// Runs before everything else in the program, whose constructors may use any instruction.
__attribute__((constructor(101))) void end_if_one_is_missing() {
  for (int i = 0; i < count; ++i) {
    if (!compiled_for[i] || is_available(i)) continue;
    say("eev: this program was compiled for a processor with ");
    say(names[i]);
    say(", which this one lacks; build it on this machine, or for all with cmake -DEEV_NATIVE=OFF\n");
    ::_exit(3);
  }
}

}  // namespace

std::vector<instruction_set> instruction_sets() {
  std::vector<instruction_set> all;
  for (int i = 0; i < count; ++i) all.push_back({names[i], compiled_for[i], is_available(i)});
  return all;
}
#else
std::vector<instruction_set> instruction_sets() { return {}; }
#endif

}  // namespace eev::command

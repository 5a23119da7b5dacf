// In:  the compiler's flags, the processor.  Out: which instructions the program uses and which there are.
#pragma once

#include <vector>

namespace eev::command {

struct instruction_set {
  const char* name;
  bool compiled_for, available;
};

/// None on processors other than x86-64. Before main(), a program that was compiled for instructions that the
/// processor lacks has already said so and ended with exit code 3.
std::vector<instruction_set> instruction_sets();

}  // namespace eev::command

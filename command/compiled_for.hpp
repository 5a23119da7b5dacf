// In:  the compiler's flags.  Out: a flag for each instruction set, in the order of instruction_sets.cpp.
#pragma once

namespace eev::command {

extern const bool compiled_for[];

}  // namespace eev::command

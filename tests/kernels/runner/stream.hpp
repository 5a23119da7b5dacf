// In:  copies that were begun.  Out: the copies made.  Rests on: runtime.cpp.
#pragma once

namespace eev::runner {

/// What a kernel finds done: the copies that were begun before it in its stream.
void finish_copies();

}  // namespace eev::runner

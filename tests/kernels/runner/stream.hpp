// In:  what is begun in a stream.  Out: that, done at once, or when somebody waits for it, or, between
// begin_recording and end_recording, when it is replayed.  Rests on: runtime.cpp.
#pragma once

#include <functional>

struct CUstream_st;

namespace eev::runner {

/// A kernel, or a call of one of the libraries.
void begin(CUstream_st* stream, std::function<void()> work);

/// The streams in which work is done at once from now on; in the others it waits until nothing can be done
/// without it. A device has two, so what is missing between them shows with one kind or with the other.
enum class prompt { first, second };
void do_at_once(prompt which);

}  // namespace eev::runner

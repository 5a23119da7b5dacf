// In:  a thread of a block that runs side by side with others.  Out: the barrier of the team, as
// kernels/device/ptx.cuh has it.  Rests on: block.
#pragma once

#include "block.hpp"

namespace eev::cuda {

inline void team_arrive(unsigned*) { runner::block::running->arrive_at_team_barrier(); }
inline void team_wait(const unsigned*, unsigned,
                      std::source_location place = std::source_location::current()) {
  runner::block::running->wait_at_team_barrier(place);
}

}  // namespace eev::cuda

// In:  a thread of a block that was launched in a cluster.  Out: the barrier of the
// cluster, as kernels/device/ptx.cuh has it.  Rests on: block.
#pragma once

#include "block.hpp"

namespace eev::cuda {

inline void cluster_arrive() { runner::block::running->arrive_at_cluster_barrier(); }
inline void cluster_wait(std::source_location place = std::source_location::current()) {
  runner::block::running->wait_at_cluster_barrier(place);
}

}  // namespace eev::cuda

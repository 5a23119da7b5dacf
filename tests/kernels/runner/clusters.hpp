// In:  a thread of a block that was launched in a cluster.  Out: the other blocks of its cluster, as
// kernels/device/ptx.cuh gives them.  Rests on: block.
#pragma once

#include "block.hpp"

namespace eev::cuda {

inline int cluster_rank() { return runner::block::running->rank; }

inline void cluster_arrive() { runner::block::running->arrive_at_cluster_barrier(); }
inline void cluster_wait(std::source_location place = std::source_location::current()) {
  runner::block::running->wait_at_cluster_barrier(place);
}

template <class T>
T* in_block_of_cluster(T* here, int rank) {
  auto& block = *runner::block::running;
  auto& others = block.cluster->blocks;
  runner::require_that(rank >= 0 && rank < int(others.size()), "block ", rank, " of a cluster of ",
                       others.size());
  return reinterpret_cast<T*>(static_cast<std::byte*>(others[rank]->shared.dynamic()) +
                              block.shared.offset_of(here));
}

}  // namespace eev::cuda

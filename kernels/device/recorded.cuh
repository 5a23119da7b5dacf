// include/eev/cuda/recorded.hpp over the runtime's seam.
#pragma once

#include <eev/cuda/recorded.hpp>

#include "runtime.hpp"

namespace eev {

void recorded<cuda::device>::release(CUgraphExec_st* graph) { cuda::runtime::destroy_graph(graph); }

void recorded<cuda::device>::begin() {
  cuda::runtime::select(device_.number());
  cuda::runtime::begin_recording(device_.stream());
}

/// Whatever made the work fail is told; that the recording has failed with it is not.
void recorded<cuda::device>::abandon() {
  try {
    release(cuda::runtime::end_recording(device_.stream()));
  } catch (const error&) {
  }
}

void recorded<cuda::device>::end() { graph_.reset(cuda::runtime::end_recording(device_.stream())); }

void recorded<cuda::device>::replay() {
  cuda::runtime::select(device_.number());
  cuda::runtime::replay(graph_.get(), device_.stream());
}

}  // namespace eev

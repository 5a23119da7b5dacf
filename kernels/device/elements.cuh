// In:  a function of the number of an element.  Out: it called for every element, by a thread each.  Rests
// on: primitives.
#pragma once

#include "primitives.cuh"

namespace eev::cuda {
namespace {

constexpr int element_threads = 128;

template <class Element>
__global__ void __launch_bounds__(element_threads) over_elements(dim count, Element element) {
  const dim i = dim(blockIdx.x) * element_threads + threadIdx.x;
  if (i < count) element(i);
}

/// element(i) for i = 0 .. count - 1; `element` is a struct, since nvcc takes no lambda here.
template <class Element>
void for_elements(const char* name, device& device, dim count, const Element& element) {
  if (count > 0)
    launch(name, device, blocks_for(count, element_threads), element_threads, 0, over_elements<Element>,
           count, element);
}

}  // namespace
}  // namespace eev::cuda

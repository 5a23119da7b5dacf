// In:  a function of the number of an element, or of some neighbours.  Out: it called for every element, by a
// thread each, or by a thread for four.  Rests on: primitives.
//
// A multiprocessor hides the latency of its memory if some 30 KB are on their way to it: 16 bytes a thread,
// not 4. So what only reads and writes takes packs of four.
#pragma once

#include "primitives.cuh"

namespace eev::cuda {
namespace {

// ---- neighbouring elements ----

constexpr int pack_width = 4;

/// Width neighbours, in float whatever they are stored as.
template <int Width>
struct pack {
  float values[Width];

  __device__ float& operator[](int k) { return values[k]; }
  __device__ float operator[](int k) const { return values[k]; }
};

/// One, or four that begin at a multiple of four elements in memory.
template <int Width, class T>
__device__ __forceinline__ pack<Width> load_pack(const T* from) {
  static_assert(Width == 1 || Width == pack_width);
  if constexpr (Width == 1) {
    return {load(from)};
  } else {
    const float4 four = load4(from);
    return {four.x, four.y, four.z, four.w};
  }
}

template <int Width, class T>
__device__ __forceinline__ void store_pack(T* to, const pack<Width>& from) {
  if constexpr (Width == 1)
    store(to, from[0]);
  else
    store4(to, make_float4(from[0], from[1], from[2], from[3]));
}

/// value(0), value(1), ...
template <int Width, class Value>
__device__ __forceinline__ pack<Width> make_pack(const Value& value) {
  pack<Width> made;
#pragma unroll
  for (int k = 0; k < Width; ++k) made[k] = value(k);
  return made;
}

/// True if packs of four can be loaded from all of them.
template <class... T>
bool whole_packs(const T*... data) {
  return (aligned_to(pack_width * sizeof(T), data) && ...);
}

// ---- kernels and launchers ----

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

template <int Width, class Elements>
__global__ void __launch_bounds__(element_threads) over_packs(dim count, Elements elements) {
  dim i = Width * (dim(blockIdx.x) * element_threads + threadIdx.x);
  if (i + Width <= count)
    elements.template at<Width>(i);
  else
    for (; i < count; ++i) elements.template at<1>(i);
}

/// elements.at<4>(i) for the elements i .. i + 3 and at<1>(i) for the last few, or for all if they do not lie
/// in `whole` packs.
template <class Elements>
void for_packs(const char* name, device& device, dim count, bool whole, const Elements& elements) {
  if (count == 0) return;
  const auto start = [&](int width, auto* kernel) {
    launch(name, device, blocks_for(count, dim(width) * element_threads), element_threads, 0, kernel, count,
           elements);
  };
  if (whole)
    start(pack_width, over_packs<pack_width, Elements>);
  else
    start(1, over_packs<1, Elements>);
}

}  // namespace
}  // namespace eev::cuda

// In:  a number for each element.  Out: their sum, and what is made of it on the GPU.  Rests on: reduce.
//
// In double and in an order that depends on the count alone: up to 1024 blocks sum a chunk of the elements
// each, then one block sums the sums of the blocks.
#pragma once

#include "reduce.cuh"

namespace eev::cuda {
namespace {

constexpr int sum_threads = 256, least_sum_chunk = 1024, most_sum_chunks = 1024;

/// parts[i] is the sum of term(i) over chunk i.
template <class Term>
__global__ void __launch_bounds__(sum_threads) sum_chunks(double* parts, dim count, dim chunk, Term term) {
  SHARED(partial, double[sum_threads / warp_lanes]);
  const dim begin = dim(blockIdx.x) * chunk;
  const int size = int(begin + chunk < count ? chunk : count - begin);
  double sum = 0;
#pragma unroll 4
  for (int i = threadIdx.x; i < size; i += sum_threads) sum += term(begin + i);
  sum = block_sum(sum, partial);
  if (threadIdx.x == 0) parts[blockIdx.x] = sum;
}

/// Calls finish(the sum of the parts) in one thread.
template <class Finish>
__global__ void __launch_bounds__(sum_threads) finish_sum(const double* parts, dim count, Finish finish) {
  SHARED(partial, double[sum_threads / warp_lanes]);
  double sum = 0;
  for (dim i = threadIdx.x; i < count; i += sum_threads) sum += parts[i];
  sum = block_sum(sum, partial);
  if (threadIdx.x == 0) finish(sum);
}

/// finish(sum over i = 0 .. count - 1 of term(i)); both are structs that are called on the GPU.
template <class Term, class Finish>
void sum_elements(const char* name, device& device, dim count, const Term& term, const Finish& finish) {
  const dim chunk = least_sum_chunk * dim(blocks_for(count, least_sum_chunk * most_sum_chunks));
  const dim chunks = count > 0 ? blocks_for(count, chunk) : 0;
  auto scope = device.scope();
  double* parts = device.take<double>(chunks).data;
  if (count > 0)
    launch(name, device, unsigned(chunks), sum_threads, 0, sum_chunks<Term>, parts, count, chunk, term);
  launch(name, device, 1, sum_threads, 0, finish_sum<Finish>, static_cast<const double*>(parts), chunks,
         finish);
}

}  // namespace
}  // namespace eev::cuda

// In:  rows [R, N].  Out: the sum of each column, in a fixed order.  Rests on: elements.
//
// A block has 32 columns of 256 rows: thread (n, i) sums the rows i, i + 4, ... of column n, then the 4 sums
// of a column are added. The sums of the blocks are rows again, and are summed the same way until one is
// left.
#pragma once

#include "elements.cuh"

namespace eev::cuda {
namespace {

constexpr int summed_columns = 32, summing_rows = 4, summed_rows = 256;

/// to [blocks of rows, N]
__global__ void __launch_bounds__(summed_columns* summing_rows)
    sum_column_chunks(float* to, const float* from, dim R, dim N) {
  SHARED(sums, float[summing_rows][summed_columns]);
  const dim n = dim(blockIdx.x) * summed_columns + threadIdx.x, begin = dim(blockIdx.y) * summed_rows;
  float sum = 0;
  if (n < N)
    for (int i = threadIdx.y; i < summed_rows; i += summing_rows)
      if (begin + i < R) sum += from[(begin + i) * N + n];
  sums[threadIdx.y][threadIdx.x] = sum;
  __syncthreads();
  if (threadIdx.y > 0 || n >= N) return;
  for (int i = 1; i < summing_rows; ++i) sum += sums[i][threadIdx.x];
  to[blockIdx.y * N + n] = sum;
}

struct zero_element {
  float* y;
  __device__ void operator()(dim i) const { y[i] = 0; }
};

void fill_zeros(const char* name, device& device, float* y, dim count) {
  for_elements(name, device, count, zero_element{y});
}

/// y[n] = sum over r of x[r, n]
void sum_columns(const char* name, device& device, float* y, const float* x, dim R, dim N) {
  if (R == 0) return fill_zeros(name, device, y, N);
  const unsigned chunks = blocks_for(R, summed_rows);
  auto scope = device.scope();
  float* sums = chunks == 1 ? y : device.take<float>(chunks, N).data;
  if (N > 0)
    launch(name, device, dim3(blocks_for(N, summed_columns), chunks), dim3(summed_columns, summing_rows), 0,
           sum_column_chunks, sums, x, R, N);
  if (chunks > 1) sum_columns(name, device, y, sums, chunks, N);
}

}  // namespace
}  // namespace eev::cuda

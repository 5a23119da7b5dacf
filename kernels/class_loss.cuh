// Spec: reference/class_loss.hpp. In: logits [R, N], classes [R] or none. Out: loss [1], dlogits [R, N].
//
// A warp has a row, lane l the columns l, l + 32, ...; it reads the row three times, mostly from the cache:
// for the largest logit, for the sum, for the derivatives. At last the losses of the rows are added up. Sums
// are in double and in a fixed order. Limits: R below 2^31. Memory: 4 R N bytes in, 4 R N out.
#pragma once

#include <eev/cuda/class_loss.hpp>

#include "device/sums.cuh"

namespace eev::cuda {
namespace {

// ---- kernels ----

constexpr int class_warps = 4, class_threads = class_warps * warp_lanes;

/// losses [R]. dlogits may be the logits.
__global__ void __launch_bounds__(class_threads)
    classify_rows(double* losses, float* dlogits, const float* logits, const float* classes, dim R, dim N,
                  float share) {
  const int lane = threadIdx.x % warp_lanes;
  const dim r = dim(blockIdx.x) * class_warps + threadIdx.x / warp_lanes;
  if (r >= R) return;  // the whole warp
  const float* row = logits + r * N;
  const dim c = classes ? dim(classes[r]) : r;
  const float wanted = row[c];
  float most = row[0];
  for (dim n = lane; n < N; n += warp_lanes) most = fmaxf(most, row[n]);
  for (int bit = warp_lanes / 2; bit > 0; bit /= 2)
    most = fmaxf(most, __shfl_xor_sync(whole_warp, most, bit));
  double total = 0;
  for (dim n = lane; n < N; n += warp_lanes) total += expf(row[n] - most);
  total = warp_sum(total);
  if (lane == 0) losses[r] = double(most - wanted) + log(total);
  __syncwarp();  // all lanes have read the columns that they share, which one of them may write over
  for (dim n = lane; n < N; n += warp_lanes)
    dlogits[r * N + n] = share * (expf(row[n] - most) / float(total) - float(n == c));
}

struct mean_class_loss {
  float* loss;
  double weight;
  dim R;
  __device__ void operator()(double sum) const { *loss += float(weight * sum / double(R > 0 ? R : 1)); }
};

}  // namespace

// ---- launcher ----

void class_loss(device& device, view<float, 1> loss, view<float, 2> dlogits, view<const float, 2> logits,
                view<const float, 1> classes, double weight) {
  const auto [R, N] = logits.shape;
  require(loss.shape[0] == 1 && dlogits.shape == logits.shape && N > 0 &&
              (classes.data ? classes.shape[0] == R : R <= N),
          "class_loss: loss ", loss.shape, ", dlogits ", dlogits.shape, ", logits ", logits.shape,
          ", classes ", classes.shape,
          "; expected loss [1], dlogits and logits [R, N], classes [R] or none and R <= N");
  auto scope = device.scope();
  double* losses = device.take<double>(R).data;
  if (R > 0)
    launch("class_loss", device, blocks_for(R, class_warps), class_threads, 0, classify_rows, losses,
           dlogits.data, logits.data, classes.data, R, N, float(weight) / float(R));
  launch("class_loss", device, 1, sum_threads, 0, finish_sum<mean_class_loss>,
         static_cast<const double*>(losses), R, mean_class_loss{loss.data, weight, R});
}

}  // namespace eev::cuda

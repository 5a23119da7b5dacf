// Spec: reference/clip_norm.hpp. In: gradient [N], a limit. Out: the gradient made shorter if need be,
// norm [1].
//
// Two kernels sum the squares, in double and in a fixed order, and leave the factor in scratch memory; in the
// third a thread has four elements, and touches them only if the gradient was too long. Memory: 8 N bytes in,
// up to 4 N out.
#pragma once

#include <eev/cuda/clip_norm.hpp>

#include "device/elements.cuh"
#include "device/sums.cuh"

namespace eev::cuda {
namespace {

// ---- kernels ----

struct square_of {
  const float* gradient;
  __device__ double operator()(dim i) const { return double(gradient[i]) * double(gradient[i]); }
};

struct norm_and_factor {
  float* norm;
  double *factor, limit;
  __device__ void operator()(double squares) const {
    *norm = float(sqrt(squares));
    *factor = limit / (sqrt(squares) + 1e-6);
  }
};

struct shortened_elements {
  float* gradient;
  const double* factor;

  template <int Width>
  __device__ void at(dim i) const {
    const double by = *factor;
    if (!(by < 1)) return;  // nor if it is not a number
    const auto before = load_pack<Width>(gradient + i);
    store_pack(gradient + i, make_pack<Width>([&](int k) { return float(before[k] * by); }));
  }
};

}  // namespace

// ---- launcher ----

void clip_norm(device& device, view<float, 1> gradient, view<float, 1> norm, double limit) {
  require(norm.shape[0] == 1 && limit > 0, "clip_norm: norm ", norm.shape, ", limit ", limit,
          "; expected norm [1], a positive limit");
  auto scope = device.scope();
  double* factor = device.take<double>(1).data;
  sum_elements("clip_norm", device, gradient.size(), square_of{gradient.data},
               norm_and_factor{norm.data, factor, limit});
  for_packs("clip_norm", device, gradient.size(), whole_packs(gradient.data),
            shortened_elements{gradient.data, factor});
}

}  // namespace eev::cuda

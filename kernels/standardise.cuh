// Spec: reference/standardise.hpp. In: rows x [R, C], mean and deviation [C]. Out: rows y [R, C].
//
// A thread has four elements of a row, or one if C is not a multiple of 4. Limits: x below 2^32 values.
// Memory: 4 R C bytes in (mean and deviation come from the cache), as many out.
#pragma once

#include <limits>

#include <eev/cuda/standardise.hpp>

#include "device/elements.cuh"

namespace eev::cuda {
namespace {

struct standard_elements {
  float* y;
  const float *x, *mean, *deviation;
  unsigned C;

  template <int Width>
  __device__ void at(dim i) const {
    const unsigned c = unsigned(i) % C;
    const auto from = load_pack<Width>(x + i), minus = load_pack<Width>(mean + c),
               by = load_pack<Width>(deviation + c);
    store_pack(y + i, make_pack<Width>([&](int k) { return (from[k] - minus[k]) / by[k]; }));
  }
};

}  // namespace

void standardise(device& device, view<float, 2> y, view<const float, 2> x, view<const float, 1> mean,
                 view<const float, 1> deviation) {
  const auto [R, C] = x.shape;
  require(y.shape == x.shape && mean.shape[0] == C && deviation.shape[0] == C &&
              x.size() <= std::numeric_limits<unsigned>::max(),
          "standardise: y ", y.shape, ", x ", x.shape, ", mean ", mean.shape, ", deviation ", deviation.shape,
          "; expected y like x, below 2^32 values, mean and deviation [", C, "]");
  for_packs("standardise", device, x.size(),
            C % pack_width == 0 && whole_packs(y.data, x.data, mean.data, deviation.data),
            standard_elements{y.data, x.data, mean.data, deviation.data, unsigned(C)});
}

}  // namespace eev::cuda

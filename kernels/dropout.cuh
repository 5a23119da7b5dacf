// Spec: reference/dropout.hpp. In: rows x [R, C], a rate, a stream of random numbers. Out: rows y [R, C].
//
// A thread has four elements and draws the numbers of their indices, so the mask is never stored. Memory:
// 4 R C bytes in and as many out.
#pragma once

#include <cmath>

#include <eev/core/random.hpp>
#include <eev/cuda/dropout.hpp>

#include "device/elements.cuh"

namespace eev::cuda {
namespace {

// ---- kernel ----

struct dropped_elements {
  float* y;
  const float* x;
  float keep;  // how many of 1 are kept
  std::uint64_t stream;
  std::uint32_t smallest;  // of the numbers from 0 to 2^24 - 1 that let a value through

  template <int Width>
  __device__ void at(dim i) const {
    const auto from = load_pack<Width>(x + i);
    store_pack(y + i, make_pack<Width>([&](int k) {
                 return random_bits(stream, std::uint64_t(i) + k) >> 40 >= smallest ? from[k] / keep : 0;
               }));
  }
};

}  // namespace

// ---- launcher ----

void dropout(device& device, view<float, 2> y, view<const float, 2> x, float rate, std::uint64_t stream) {
  require(y.shape == x.shape && rate >= 0 && rate < 1, "dropout: y ", y.shape, ", x ", x.shape, ", rate ",
          rate, "; expected y like x, 0 <= rate < 1");
  // unit_of(bits) >= rate, in whole numbers.
  const auto smallest = std::uint32_t(std::ceil(double(rate) * 0x1p24));
  for_packs("dropout", device, x.size(), whole_packs(y.data, x.data),
            dropped_elements{y.data, x.data, 1 - rate, stream, smallest});
}

}  // namespace eev::cuda

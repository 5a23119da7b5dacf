// In:  rows x [R, C], a rate and a stream of random numbers.  Out: rows y [R, C].  Rests on: core/random,
// reference/device.
#pragma once

#include <eev/core/random.hpp>
#include <eev/reference/device.hpp>

namespace eev::reference {

/// y[i] = x[i] / (1 - rate) where number i of `stream` is at least `rate`, else 0; 0 <= rate < 1. y may be x.
/// It is its own backward pass: the gradient goes through the same elements.
template <class T>
void dropout(device<T>&, view<T, 2> y, const_view<T, 2> x, float rate, std::uint64_t stream) {
  require(y.shape == x.shape && rate >= 0 && rate < 1, "dropout: y ", y.shape, ", x ", x.shape, ", rate ",
          rate, "; expected y like x, 0 <= rate < 1");
  for (dim i = 0; i < x.size(); ++i)
    y.data[i] = unit_of(random_bits(stream, i)) >= rate ? x.data[i] / (1 - T(rate)) : T(0);
}

}  // namespace eev::reference

// In:  parameters as read from a file.  Out: the same numbers as T, and scratch memory.  Rests on: core.
//
// The reference device is THE SPECIFICATION: plain loops in float or double, one operation per file, short
// enough to be checked by eye. Every fast device has the same functions with the same arguments.
#pragma once

#include <algorithm>
#include <deque>
#include <vector>

#include <eev/core/arena.hpp>
#include <eev/core/view.hpp>

namespace eev::reference {

template <class T>
class device {
 public:
  using scalar = T;  ///< residual stream and parameters
  template <class>
  using matrix = view<const T, 2>;  ///< weights of a linear layer, [N, K]
  template <class>
  using filters = view<const T, 4>;  ///< weights of a convolution, [N, C, height, width]

  /// Scratch memory, as core/arena.hpp explains.
  template <class U, class... Extents>
  auto take(Extents... extents) {
    return activations_.take<U>(extents...);
  }
  arena::scope scope() { return activations_.open(); }

  /// Parameters live as long as the device.
  view<const T, 1> keep(const std::vector<float>& values) {
    parameters_.emplace_back(values.begin(), values.end());
    return {parameters_.back().data(), {dim(values.size())}};
  }
  template <class>
  view<const T, 2> pack(const std::vector<float>& values, dim N, dim K) {
    return keep(values).as(N, K);
  }
  template <class>
  view<const T, 4> pack(const std::vector<float>& values, dim N, dim C, dim height, dim width) {
    return keep(values).as(N, C, height, width);
  }

  /// Copies tensors of the same shape from the host's memory to the device's and back, converting elements.
  template <class To, class From, int Rank>
  void upload(view<To, Rank> to, view<From, Rank> from) {
    std::copy(from.begin(), from.end(), to.begin());
  }
  template <class To, class From, int Rank>
  void download(view<To, Rank> to, view<From, Rank> from) {
    std::copy(from.begin(), from.end(), to.begin());
  }

 private:
  arena activations_;
  std::deque<std::vector<T>> parameters_;
};

}  // namespace eev::reference

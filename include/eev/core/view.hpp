// In:  memory that somebody else owns.  Out: the same memory as a row-major tensor.  Rests on: core/error.
//
// The letters of every shape in eev, defined here once:
//
//   B  batch: images, patches, or clips    R  rows: all leading dimensions as one   H, W  height, width
//   C  channels of the input               K  the same as an inner dimension        N  outputs of a layer
//   T  time steps                          U  hidden units of a GRU direction       E  expressions (15)
#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <type_traits>

#include <eev/core/error.hpp>

namespace eev {

/// Extents, indices and counts. Signed, so that `row - padding` is what it looks like.
using dim = std::ptrdiff_t;

/// A non-owning, contiguous, row-major tensor.
template <class T, int Rank>
struct view {
  T* data = nullptr;
  std::array<dim, Rank> shape{};

  dim size() const {
    dim count = 1;
    for (dim extent : shape) count *= extent;
    return count;
  }

  template <class... Indices>
  requires(sizeof...(Indices) == Rank) T& operator()(Indices... indices) const {
    dim offset = 0;
    int axis = 0;
    ((assert(indices >= 0 && indices < shape[axis]), offset = offset * shape[axis++] + indices), ...);
    return data[offset];
  }

  /// Slice i of the first dimension.
  view<T, Rank - 1> operator[](dim i) const requires(Rank > 1) {
    assert(i >= 0 && i < shape[0]);
    view<T, Rank - 1> slice;
    for (int axis = 1; axis < Rank; ++axis) slice.shape[axis - 1] = shape[axis];
    slice.data = data + i * slice.size();
    return slice;
  }

  /// The slices begin .. end - 1 of the first dimension.
  view slices(dim begin, dim end) const {
    assert(begin >= 0 && begin <= end && end <= shape[0]);
    view part = *this;
    part.shape[0] = end - begin;
    part.data = data + begin * (size() / (shape[0] > 0 ? shape[0] : 1));
    return part;
  }

  /// The same memory with all dimensions but the last as one: [R, C].
  view<T, 2> rows() const {
    return {data, {shape[Rank - 1] == 0 ? 0 : size() / shape[Rank - 1], shape[Rank - 1]}};
  }

  /// The same memory under another shape of the same size.
  template <class... Extents>
  view<T, int(sizeof...(Extents))> as(Extents... extents) const {
    view<T, int(sizeof...(Extents))> other{data, {dim(extents)...}};
    assert(other.size() == size());
    return other;
  }

  operator view<const T, Rank>() const requires(!std::is_const_v<T>) { return {data, shape}; }

  T* begin() const { return data; }
  T* end() const { return data + size(); }
};

/// What an operation reads. The element type is never deduced from it, so a view<T> may be passed as it is.
template <class T, int Rank>
using const_view = view<const std::type_identity_t<T>, Rank>;

}  // namespace eev

// In:  a storage and where a tensor's elements lie in it.  Out: the tensor, row-major, when asked for.  Rests
// on: core, io/element_values, io/safetensors.
#pragma once

#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <eev/core/view.hpp>
#include <eev/io/element_values.hpp>
#include <eev/io/safetensors.hpp>

namespace eev::io {

/// A tensor as PyTorch stores it: a view on memory that somebody else owns, such as a mapped file.
struct strided_tensor {
  std::string_view type;             ///< "F32", ...: the name of one of element_types, of whole bytes
  std::vector<dim> shape;            ///< empty for a scalar
  std::vector<dim> strides;          ///< in elements, none negative
  std::span<const std::byte> bytes;  ///< the storage, from the tensor's first element on

  std::size_t element_size() const { return find_element_type(type)->bits / 8; }

  /// Without elements, its other extents may be of any size: they are not multiplied.
  dim size() const {
    if (std::ranges::count(shape, 0) > 0) return 0;
    dim count = 1;
    for (const dim extent : shape) count *= extent;
    return count;
  }

  /// True if its elements lie one after the other in row-major order.
  bool is_contiguous() const {
    if (size() == 0) return true;
    dim expected = 1;
    for (std::size_t axis = shape.size(); axis-- > 0; expected *= shape[axis])
      if (shape[axis] != 1 && strides[axis] != expected) return false;
    return true;
  }

  /// Its elements in row-major order: where they lie, or gathered in `scratch`.
  std::span<const std::byte> row_major(std::vector<std::byte>& scratch) const {
    const std::size_t each = element_size(), all = std::size_t(size()) * each;
    if (is_contiguous()) return bytes.first(all);
    scratch.resize(all);
    std::vector<dim> index(shape.size());
    std::size_t offset = 0;
    for (std::size_t to = 0; to < all; to += each) {
      std::memcpy(scratch.data() + to, bytes.data() + offset * each, each);
      for (std::size_t axis = shape.size(); axis-- > 0;) {  // like an odometer
        offset += std::size_t(strides[axis]);
        if (++index[axis] < shape[axis]) break;
        offset -= std::size_t(strides[axis] * shape[axis]);
        index[axis] = 0;
      }
    }
    return scratch;
  }

  /// Its numbers, of F32, F16 or BF16. `name` names it and its file in errors.
  std::vector<float> finite_floats(const std::string& name) const {
    std::vector<std::byte> scratch;
    return io::finite_floats(name, type, row_major(scratch));
  }
};

/// The strides of elements that lie one after the other: row-major, or in Fortran's order, in which the first
/// index is the fastest. Zeros where there are no elements.
inline std::vector<dim> dense_strides(const std::vector<dim>& shape, bool fortran_order = false) {
  const std::size_t rank = shape.size();
  std::vector<dim> strides(rank);
  if (std::ranges::count(shape, 0) > 0) return strides;
  dim stride = 1;
  for (std::size_t i = 0; i < rank; ++i) {
    const std::size_t axis = fortran_order ? i : rank - 1 - i;
    strides[axis] = stride, stride *= shape[axis];
  }
  return strides;
}

/// A tensor of a safetensors file as one with strides.
inline strided_tensor row_major_tensor(const stored_tensor& stored) {
  return {stored.type, stored.shape, dense_strides(stored.shape), stored.bytes};
}

}  // namespace eev::io

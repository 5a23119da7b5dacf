// In:  the names and shapes of parameters, in order.  Out: where each stands in one piece of memory.  Rests
// on: core.
//
// Parameters, gradients, the optimizer's moments and averages all have the same layout: an operation over all
// of them is one loop, and a checkpoint is a list of names and offsets.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <eev/core/random.hpp>
#include <eev/core/view.hpp>

namespace eev::train {

/// One parameter, named as in checkpoints.
struct parameter {
  std::string name;
  std::vector<dim> shape;
  dim offset, size;
  double bound;  ///< training begins with numbers between -bound and bound
};

class parameter_layout {
 public:
  /// Appends a parameter and returns its offset.
  dim add(std::string name, std::vector<dim> shape, double bound) {
    dim size = 1;
    for (dim extent : shape) size *= extent;
    parameters_.push_back({std::move(name), std::move(shape), size_, size, bound});
    return std::exchange(size_, size_ + size);
  }

  dim size() const { return size_; }
  const std::vector<parameter>& parameters() const { return parameters_; }

 private:
  std::vector<parameter> parameters_;
  dim size_ = 0;
};

/// The numbers that training begins with, uniform within each parameter's bound. Each parameter has its own
/// stream of random numbers.
inline std::vector<float> initial_values(const parameter_layout& layout, std::uint64_t seed) {
  std::vector<float> values(layout.size());
  std::uint64_t index = 0;
  for (const parameter& parameter : layout.parameters()) {
    const std::uint64_t stream = random_stream(seed, index++);
    for (dim i = 0; i < parameter.size; ++i)
      values[parameter.offset + i] =
          float(parameter.bound * (2 * double(unit_of(random_bits(stream, std::uint64_t(i)))) - 1));
  }
  return values;
}

/// The part of a slab that begins at `offset`, as a tensor.
template <class T, class... Extents>
auto part(view<T, 1> slab, dim offset, Extents... extents) {
  return slab.slices(offset, offset + (dim(extents) * ...)).as(extents...);
}

}  // namespace eev::train

// In:  rows of numbers.  Out: a table [R, C] that owns them, on the host.  Rests on: core/view.
#pragma once

#include <vector>

#include <eev/core/view.hpp>

namespace eev {

/// Features, scores and curves travel between the stages in tables.
class table {
 public:
  explicit table(dim columns = 0, dim rows = 0) : columns_(columns), values_(rows * columns) {}

  dim rows() const { return columns_ == 0 ? 0 : dim(values_.size()) / columns_; }
  dim columns() const { return columns_; }

  view<float, 2> tensor() { return {values_.data(), {rows(), columns_}}; }
  view<const float, 2> tensor() const { return {values_.data(), {rows(), columns_}}; }

  /// Makes room for `count` more rows at the end and returns them.
  view<float, 2> grow(dim count) {
    values_.resize(values_.size() + count * columns_);
    return tensor().slices(rows() - count, rows());
  }

 private:
  dim columns_;
  std::vector<float> values_;
};

}  // namespace eev

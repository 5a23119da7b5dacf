// In:  the name and the shape that a layer expects.  Out: its values.  Rests on: core/error, core/view.
//
// A layer asks for its tensors by the checkpoint's own names, each layer inside the scope of its parent:
//   weights backbone = ...; auto block = backbone.scope("layers.0").scope("blocks.1");
//   block.read("norm1.weight", {C});
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <eev/core/view.hpp>

namespace eev {

/// Where tensors come from: a file (io/safetensors.hpp) or a formula (io/formula_weights.hpp).
class tensor_source {
 public:
  virtual ~tensor_source() = default;

  /// The values of `name` as float. Throws eev::error if it is missing, has another shape or is not finite.
  virtual std::vector<float> read(const std::string& name, const std::vector<dim>& shape) = 0;

  /// True if the source has a tensor of that name; for tensors that a network may go without.
  virtual bool has(const std::string& name) const = 0;
};

/// A source seen from one scope of names. Cheap to copy.
class weights {
 public:
  weights(std::shared_ptr<tensor_source> source, std::string prefix = "")
      : source_(std::move(source)), prefix_(std::move(prefix)) {}

  weights scope(const std::string& name) const { return {source_, prefix_ + name + "."}; }

  std::vector<float> read(const std::string& name, const std::vector<dim>& shape) const {
    return source_->read(prefix_ + name, shape);
  }
  bool has(const std::string& name) const { return source_->has(prefix_ + name); }

 private:
  std::shared_ptr<tensor_source> source_;
  std::string prefix_;
};

}  // namespace eev

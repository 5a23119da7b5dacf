// In:  a safetensors file.  Out: its tensors, in float, for layers.  Rests on: core, io/element_values,
// io/safetensors.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <eev/core/weights.hpp>
#include <eev/io/element_values.hpp>
#include <eev/io/safetensors.hpp>

namespace eev::io {

/// The tensors of a file, or of a bundle those whose names start with `prefix` (such as "visual."), which is
/// left out when they are asked for.
class safetensors_source : public tensor_source {
 public:
  explicit safetensors_source(std::shared_ptr<const safetensors_file> file, std::string prefix = "")
      : file_(std::move(file)), prefix_(std::move(prefix)) {}
  explicit safetensors_source(const std::string& path, std::string prefix = "")
      : safetensors_source(std::make_shared<safetensors_file>(path), std::move(prefix)) {}

  std::vector<float> read(const std::string& name, const std::vector<dim>& shape) override {
    const std::string stored_name = prefix_ + name;
    require(has(name), file_->path(), ": no tensor '", stored_name, "', expected one of shape ", shape);
    const stored_tensor& tensor = file_->tensor(stored_name);
    require(tensor.shape == shape, file_->path(), ": tensor '", stored_name, "' is ", tensor.shape,
            ", expected ", shape);
    auto values = finite_floats(file_->path() + ": tensor '" + stored_name + "'", tensor.type, tensor.bytes);
    read_.insert(stored_name);
    return values;
  }

  bool has(const std::string& name) const override { return file_->tensors().contains(prefix_ + name); }

  /// The shape of a tensor, or nothing if there is none of that name.
  std::optional<std::vector<dim>> shape_of(const std::string& name) const {
    const auto found = file_->tensors().find(prefix_ + name);
    if (found == file_->tensors().end()) return std::nullopt;
    return found->second.shape;
  }

  const safetensors_file& file() const { return *file_; }

  /// Throws if there are tensors that nobody has read: the file is of another network. The state of training
  /// that a checkpoint holds besides ("training.") is none of a network's.
  void require_all_read() const {
    std::string names;
    int extra = 0;
    for (auto entry = file_->tensors().lower_bound(prefix_);
         entry != file_->tensors().end() && entry->first.starts_with(prefix_); ++entry) {
      if (read_.contains(entry->first) || entry->first.starts_with("training.")) continue;
      if (++extra <= 3) names += (extra == 1 ? "'" : ", '") + entry->first + "'";
    }
    require(extra == 0, file_->path(), ": ", extra, extra == 1 ? " tensor" : " tensors",
            " that the network has no place for: ", names, extra > 3 ? ", ..." : "");
  }

 private:
  std::shared_ptr<const safetensors_file> file_;
  std::string prefix_;
  std::set<std::string> read_;
};

}  // namespace eev::io

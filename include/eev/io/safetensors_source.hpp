// In:  a safetensors file.  Out: its tensors, in float, for layers.  Rests on: core, io/safetensors.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <eev/core/bfloat16.hpp>
#include <eev/core/weights.hpp>
#include <eev/io/float16.hpp>
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
    std::vector<float> values;
    if (tensor.type == "F32")
      values = convert<float>(tensor);
    else if (tensor.type == "BF16")
      values = convert<bfloat16>(tensor);
    else if (tensor.type == "F16")
      values = convert<float16>(tensor);
    else
      require(false, file_->path(), ": tensor '", stored_name, "' is ", tensor.type,
              ", expected F32, F16 or BF16");
    require_finite(stored_name, values);
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
  /// memcpy, for the file aligns nothing.
  template <class Stored>
  static std::vector<float> convert(const stored_tensor& tensor) {
    std::vector<float> values(tensor.bytes.size() / sizeof(Stored));
    for (std::size_t i = 0; i < values.size(); ++i) {
      Stored stored;
      std::memcpy(&stored, tensor.bytes.data() + i * sizeof stored, sizeof stored);
      values[i] = stored;
    }
    return values;
  }

  void require_finite(const std::string& stored_name, const std::vector<float>& values) const {
    // By its bits, which the compiler vectorises and -ffast-math leaves alone.
    auto finite = [](float value) { return (~std::bit_cast<std::uint32_t>(value) & 0x7f800000u) != 0; };
    const auto bad = std::ranges::find_if_not(values, finite);
    require(bad == values.end(), file_->path(), ": tensor '", stored_name, "' holds ",
            bad == values.end() ? 0.0f : *bad, " at index ", bad - values.begin(),
            ", expected finite numbers");
  }

  std::shared_ptr<const safetensors_file> file_;
  std::string prefix_;
  std::set<std::string> read_;
};

}  // namespace eev::io

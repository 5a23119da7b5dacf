// In:  a file of weights: by torch.save, or safetensors.  Out: its tensors, where they lie.  Rests on:
// io/mapped_file, io/safetensors, io/torch_checkpoint.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <eev/io/mapped_file.hpp>
#include <eev/io/safetensors.hpp>
#include <eev/io/strided_tensor.hpp>
#include <eev/io/torch_checkpoint.hpp>

namespace eev::io {

/// Which of the two a file is, its first bytes tell.
class checkpoint {
 public:
  explicit checkpoint(const std::string& path) : path_(path), file_(path) {
    if (is_torch_checkpoint(file_.bytes())) {
      torch_.emplace(path, file_.bytes());
      return;
    }
    // The length of the header, eight bytes, then the header, which is JSON.
    require(file_.bytes().size() > 8 && file_.bytes()[8] == std::byte('{'), path,
            ": neither by torch.save (a zip archive, or its older layout) nor a safetensors file, the two "
            "that are "
            "read");
    safetensors_.emplace(path, file_.bytes());
    for (const auto& [name, tensor] : safetensors_->tensors())
      row_major_.emplace(name, row_major_tensor(tensor));
  }

  const std::string& path() const { return path_; }

  /// All tensors by name; their bytes live as long as this.
  const std::map<std::string, strided_tensor>& tensors() const {
    return torch_ ? torch_->tensors() : row_major_;
  }

  /// What the file has beside them, such as "optimizer".
  std::vector<std::string> left_out() const {
    return torch_ ? torch_->left_out() : std::vector<std::string>();
  }

 private:
  std::string path_;
  mapped_file file_;
  std::optional<torch_checkpoint> torch_;
  std::optional<safetensors_file> safetensors_;
  std::map<std::string, strided_tensor> row_major_;
};

}  // namespace eev::io

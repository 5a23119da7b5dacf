// In:  a folder of ID.safetensors, or one such file.  Out: the rows of features of each video, where they
// lie.  Rests on: core, io/decimal, io/model_files.
//
// Files stay mapped into memory and only rows that are asked for are read: the features of all of EEV are
// 7 GB at one row a second.
#pragma once

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <dirent.h>

#include <eev/core/finite.hpp>
#include <eev/core/rational.hpp>
#include <eev/io/decimal.hpp>
#include <eev/io/model_files.hpp>

namespace eev::io {

/// Metadata that all features of a head have to share, and that the head carries.
inline constexpr std::array shared_metadata{
    "eev.visual",    "eev.visual_sha256",    "eev.audio",      "eev.audio_sha256", "eev.rate",
    "eev.audio_hop", "eev.visual_normalize", "eev.audio_relu", "eev.audio_frames", "eev.resize",
    "eev.audio_pca", "eev.audio_pca_sha256"};

/// The rows of one tensor [T, C] of a file, which has to outlive them. A tensor that is not there has none.
class stored_rows {
 public:
  stored_rows() = default;
  stored_rows(const safetensors_file& file, const std::string& name) : file_(&file), name_(name) {
    const auto found = file.tensors().find(name);
    if (found == file.tensors().end()) return;
    tensor_ = &found->second;
    require(tensor_->shape.size() == 2 && tensor_->shape[0] > 0 && tensor_->shape[1] > 0, file.path(),
            ": tensor '", name, "' is ", tensor_->shape, ", expected rows of features, [T, C]");
    require(tensor_->type == "F32" || tensor_->type == "F16" || tensor_->type == "BF16", file.path(),
            ": tensor '", name, "' is ", tensor_->type, ", expected F32, F16 or BF16");
  }

  dim rows() const { return tensor_ ? tensor_->shape[0] : 0; }
  dim columns() const { return tensor_ ? tensor_->shape[1] : 0; }

  /// Row t [C] as floats. Throws unless all are finite.
  void read(dim t, view<float, 1> row) const {
    if (tensor_->type == "F32")
      convert<float>(t, row);
    else if (tensor_->type == "F16")
      convert<float16>(t, row);
    else
      convert<bfloat16>(t, row);
    bool are_finite = true;
    for (const float value : row) are_finite &= is_finite(value);
    if (!are_finite)
      throw error(message(file_->path(), ": tensor '", name_, "', row ", t,
                          " holds a number that is not finite, expected finite numbers"));
  }

 private:
  /// memcpy, for the file aligns nothing.
  template <class Stored>
  void convert(dim t, view<float, 1> row) const {
    const std::byte* from = tensor_->bytes.data() + t * row.size() * dim(sizeof(Stored));
    if constexpr (std::is_same_v<Stored, float>) {
      std::copy_n(from, row.size() * sizeof(float), reinterpret_cast<std::byte*>(row.data));
    } else {
      for (dim i = 0; i < row.size(); ++i) {
        Stored stored;
        std::memcpy(&stored, from + i * dim(sizeof stored), sizeof stored);
        row(i) = stored;
      }
    }
  }

  const safetensors_file* file_ = nullptr;
  const stored_tensor* tensor_ = nullptr;
  std::string name_;
};

/// What the networks made of one video. Without metadata: one visual row a second, audio rows beside them.
struct video_features {
  std::string id;
  std::shared_ptr<const safetensors_file> file;
  stored_rows visual, audio;         // [T, C], [A, 128]
  rational rate = 1, audio_hop = 1;  // visual rows a second; seconds from one audio row to the next

  const std::string& path() const { return file->path(); }
  std::string metadata(const std::string& key) const { return find_metadata(*file, key).value_or(""); }
};

inline video_features open_features(const std::string& path, std::string id) {
  auto file = std::make_shared<const safetensors_file>(path);
  const auto number = [&](const char* key, rational otherwise) {
    const auto text = find_metadata(*file, key);
    const auto value = text ? parse_number(*text) : otherwise;
    require(value && *value > 0, path, ": metadata '", key, "' is '", text.value_or(""),
            "', expected a number above 0");
    return *value;
  };
  const rational rate = number("eev.rate", 1);
  video_features features{std::move(id),    file, {*file, "visual"},
                          {*file, "audio"}, rate, number("eev.audio_hop", rational(1) / rate)};
  require(features.visual.rows() + features.audio.rows() > 0, path,
          ": no tensor 'visual' or 'audio'; expected features, as `eev extract` writes them");
  return features;
}

/// The IDs of all ID.safetensors in a folder, sorted bytewise.
inline std::vector<std::string> list_features(const std::string& folder) {
  constexpr std::string_view ending = ".safetensors";
  const std::unique_ptr<DIR, int (*)(DIR*)> opened(::opendir(folder.c_str()), ::closedir);
  require(opened != nullptr, folder, ": cannot be read as a folder of features: ", std::strerror(errno));
  std::vector<std::string> ids;
  while (const dirent* entry = ::readdir(opened.get())) {
    const std::string_view name = entry->d_name;
    if (name.size() > ending.size() && name.ends_with(ending))
      ids.emplace_back(name.substr(0, name.size() - ending.size()));
  }
  std::ranges::sort(ids);
  return ids;
}

}  // namespace eev::io

// In:  the state of a training run.  Out: it in a file, and back.  Rests on: core; io; train/settings.
//
// A checkpoint is a head file: `eev predict` reads it. What only training needs lies beside the head's
// tensors, under names that begin with "training." (io/safetensors_source.hpp passes them over), and in the
// metadata.
#pragma once

#include <charconv>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <dirent.h>

#include <eev/io/safetensors_source.hpp>
#include <eev/io/safetensors_writer.hpp>
#include <eev/train/parameter_layout.hpp>
#include <eev/train/settings.hpp>

namespace eev::train {

/// Tensors by name, with metadata.
struct checkpoint {
  std::map<std::string, std::string> metadata;
  std::vector<std::pair<io::tensor_entry, std::vector<float>>> tensors;

  /// Each parameter's part of a slab under prefix + its name.
  void add(const parameter_layout& layout, const std::string& prefix, const std::vector<float>& slab) {
    for (const parameter& parameter : layout.parameters()) {
      const auto begin = slab.begin() + parameter.offset;
      tensors.push_back({{prefix + parameter.name, parameter.shape}, {begin, begin + parameter.size}});
    }
  }

  /// The file is there whole, in place of an older one, or not at all.
  void write(const std::string& path) const {
    std::vector<io::tensor_entry> entries;
    for (const auto& [entry, values] : tensors) entries.push_back(entry);
    io::write_safetensors(path, metadata, entries, [&](const io::tensor_entry& wanted) {
      return std::ranges::find(tensors, wanted.name, [](const auto& t) { return t.first.name; })->second;
    });
  }
};

/// A checkpoint that has been opened.
class stored_checkpoint {
 public:
  explicit stored_checkpoint(const std::string& path)
      : source_(std::make_shared<io::safetensors_source>(path)) {}

  const io::safetensors_file& file() const { return source_->file(); }
  const std::string& path() const { return file().path(); }
  weights tensors() const { return weights(source_); }

  bool has(const std::string& key) const { return source_->file().metadata().contains(key); }
  const std::string& metadata(const std::string& key) const {
    const auto found = source_->file().metadata().find(key);
    require(found != source_->file().metadata().end(), path(), ": no metadata '", key,
            "': not a checkpoint of a training run");
    return found->second;
  }
  template <class Number>
  Number number(const std::string& key) const {
    const std::string& text = metadata(key);
    Number value{};
    const auto [stop, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    require(status == std::errc() && stop == text.data() + text.size(), path(), ": metadata '", key, "' is '",
            text, "', expected a number");
    return value;
  }

  /// What checkpoint::add() put into the file.
  std::vector<float> slab(const parameter_layout& layout, const std::string& prefix) const {
    std::vector<float> slab(layout.size());
    for (const parameter& parameter : layout.parameters())
      std::ranges::copy(source_->read(prefix + parameter.name, parameter.shape),
                        slab.begin() + parameter.offset);
    return slab;
  }

  /// The recipe that it was trained by.
  train::recipe recipe() const {
    train::recipe recipe;
    for (const auto& [name, text] : settings_of(recipe)) set(recipe, name, metadata("training." + name));
    return recipe;
  }

  /// Throws unless all of `settings` are those of the run that it is of.
  void require_same(const std::map<std::string, std::string>& settings) const {
    for (const auto& [name, value] : settings) {
      const std::string& found = metadata("training." + name);
      require(found == value, path(), ": is of a run whose ", name, " is '", found, "', but this one's is '",
              value, "'; a run goes on with the settings and data that it began with");
    }
  }

 private:
  std::shared_ptr<io::safetensors_source> source_;
};

/// Removes what is left of files that a run was writing to `folder` when it was killed.
inline void remove_unfinished(const std::string& folder) {
  const std::unique_ptr<DIR, int (*)(DIR*)> opened(::opendir(folder.c_str()), ::closedir);
  require(opened != nullptr, folder, ": cannot be read as the folder of a run: ", std::strerror(errno));
  while (const dirent* entry = ::readdir(opened.get())) {
    const std::string name = entry->d_name;
    for (const char* file : {"best.safetensors", "last.safetensors", "log.csv", "config.json"})
      if (name.starts_with(message(file, ".tmp-"))) ::unlink((folder + "/" + name).c_str());
  }
}

}  // namespace eev::train

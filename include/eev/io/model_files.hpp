// In:  the paths of a bundle, or of two backbones and any number of heads.  Out: where each network's tensors
// are, and which network they are of.  Rests on: io/safetensors_source.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <eev/core/weights.hpp>
#include <eev/io/safetensors_source.hpp>

namespace eev::io {

/// The tensors of one network, or none.
struct network_file {
  std::string name;  ///< swin-large, vggish, ...; of a head: its path
  std::shared_ptr<safetensors_source> source;

  explicit operator bool() const { return source != nullptr; }

  const std::string& path() const { return source->file().path(); }
  weights tensors() const { return weights(source); }
};

/// Everything that a prediction needs. Several heads are an ensemble. There may be no backbone for rows that
/// no head reads.
struct model_files {
  network_file visual, audio;
  std::vector<network_file> heads;
  std::string note;  ///< what the user must be told, such as that this is a demonstration

  /// Throws if a file has tensors that no network has read.
  void require_all_read() const {
    for (const network_file* backbone : {&visual, &audio})
      if (*backbone) backbone->source->require_all_read();
    for (const network_file& head : heads) head.source->require_all_read();
  }
};

/// The value under `key` in a file's metadata, or nothing.
inline std::optional<std::string> find_metadata(const safetensors_file& file, const std::string& key) {
  const auto found = file.metadata().find(key);
  if (found == file.metadata().end()) return std::nullopt;
  return found->second;
}

/// True if the file holds a whole model: its tensors begin with visual., audio. or head.
inline bool is_bundle(const safetensors_file& file) {
  return !file.tensors().empty() && file.tensors().begin()->first.starts_with("audio.") &&
         file.tensors().rbegin()->first.starts_with("visual.");
}

/// A bundle: metadata eev.visual and eev.audio name the backbones.
inline model_files open_bundle(std::shared_ptr<const safetensors_file> file) {
  require(is_bundle(*file), file->path(),
          ": not a bundle, whose tensors begin with visual., audio. and head.");
  auto part = [&](const std::string& kind) {
    const auto name = kind == "head" ? file->path() : find_metadata(*file, "eev." + kind);
    require(name.has_value(), file->path(), ": no metadata 'eev.", kind, "' to name the network");
    return network_file{*name, std::make_shared<safetensors_source>(file, kind + ".")};
  };
  return {part("visual"), part("audio"), {part("head")}, find_metadata(*file, "eev.note").value_or("")};
}
inline model_files open_bundle(const std::string& path) {
  return open_bundle(std::make_shared<const safetensors_file>(path));
}

/// The backbone of this kind, visual or audio, from a file of its own or from a bundle. Its name is
/// `expected` (what a head or the user says) or, if that is empty, what the file's own metadata say; if both
/// are there they must agree.
inline network_file open_backbone(const std::string& path, const std::string& kind,
                                  const std::string& expected) {
  const auto file = std::make_shared<const safetensors_file>(path);
  const bool bundle = is_bundle(*file);
  auto source = std::make_shared<safetensors_source>(file, bundle ? kind + "." : "");
  const std::string key = bundle ? "eev." + kind : "eev.network";
  const auto own = find_metadata(*file, key);
  require(own || !expected.empty(), path, ": which network this is, neither its metadata ('", key,
          "') nor you say");
  require(!own || expected.empty() || *own == expected, path, ": holds the network ", own.value_or(""),
          ", expected ", expected);
  return {own.value_or(expected), std::move(source)};
}

/// Heads on the same two backbones. A head's metadata eev.visual and eev.audio must name these.
inline model_files open_model(network_file visual, network_file audio,
                              const std::vector<std::string>& heads) {
  model_files model{std::move(visual), std::move(audio), {}, ""};
  const auto take_note = [&](const safetensors_file& file) {
    const std::string note = find_metadata(file, "eev.note").value_or("");
    if (model.note.find(note) == model.note.npos) model.note += (model.note.empty() ? "" : "; ") + note;
  };
  // (What a bundle has to tell is of its own head.)
  for (const network_file* backbone : {&model.visual, &model.audio})
    if (*backbone && !is_bundle(backbone->source->file())) take_note(backbone->source->file());
  for (const std::string& path : heads) {
    model.heads.push_back({path, std::make_shared<safetensors_source>(path)});
    const auto& file = model.heads.back().source->file();
    for (const auto& [key, backbone] :
         {std::pair("eev.visual", &model.visual), {"eev.audio", &model.audio}}) {
      if (!*backbone) continue;
      const auto named = find_metadata(file, key);
      require(!named || *named == backbone->name, path, ": was trained on ", named.value_or(""), ", but ",
              backbone->path(), " holds ", backbone->name);
    }
    take_note(file);
  }
  return model;
}

}  // namespace eev::io

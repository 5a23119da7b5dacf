// In:  the names of a checkpoint's tensors, a table of rules.  Out: the names that eev knows them by.  Rests
// on: core/error.
//
// A rule's `from` matches a whole name: `#` stands for a number and `*` for whatever is there, up to what the
// rule has behind it. In `to`, `#` is the next of those numbers, `#+1` one more than it, and `*` what was
// there. So
// {"layers.#.downsample.*", "layers.#+1.downsample.*"} makes layers.1.downsample.norm.bias of
// layers.0.downsample.norm.bias.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <eev/core/error.hpp>

namespace eev::io {

/// What a tensor must hold that eev does not read but computes.
enum class known_buffer : std::uint8_t { none, relative_position_index, attention_mask };

struct name_rule {
  std::string_view from;
  std::string_view to{};      ///< "": the tensor is dropped
  std::string_view reason{};  ///< why
  known_buffer holds{};       ///< what is checked before
  int part = 0, parts = 1;    ///< of several tensors, one below the other, that make the one called `to`
};

/// A source of checkpoints: how it names the tensors of one kind of network.
struct name_map {
  std::string_view source;
  std::string_view network;    ///< what the names of the networks of this kind begin with
  std::string_view prefix;     ///< which all names may have, and which is left out first
  std::string_view signature;  ///< the name that no other source has
  std::span<const name_rule> rules;
};

namespace detail {

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The numbers and the rest that the placeholders of `from` stand for; nothing if the name does not match.
inline std::optional<std::vector<std::string_view>> match_name(std::string_view from, std::string_view name) {
  std::vector<std::string_view> parts;
  for (; !from.empty(); from.remove_prefix(1)) {
    if (from.front() == '*') {
      const std::string_view end = from.substr(1);
      if (name.size() <= end.size() || !name.ends_with(end)) return std::nullopt;
      parts.push_back(name.substr(0, name.size() - end.size()));
      return parts;
    }
    std::size_t length = 1;
    if (from.front() == '#') {
      length = 0;
      while (length < name.size() && length < 4 && is_digit(name[length])) ++length;
      if (length == 0) return std::nullopt;
      parts.push_back(name.substr(0, length));
    } else if (name.empty() || name.front() != from.front()) {
      return std::nullopt;
    }
    name.remove_prefix(length);
  }
  if (!name.empty()) return std::nullopt;
  return parts;
}

inline std::string fill_name(std::string_view to, const std::vector<std::string_view>& parts) {
  std::string name;
  auto part = parts.begin();
  for (; !to.empty(); to.remove_prefix(1)) {
    if (to.starts_with("#+1")) {
      name += std::to_string(std::stoi(std::string(*part++)) + 1);
      to.remove_prefix(2);
    } else if (to.front() == '#' || to.front() == '*') {
      name += *part++;
    } else {
      name += to.front();
    }
  }
  return name;
}

inline std::string_view without_prefix(const name_map& map, std::string_view name) {
  if (name.starts_with(map.prefix)) name.remove_prefix(map.prefix.size());
  return name;
}

}  // namespace detail

/// The map whose signature is among the names, the keys of `tensors`; null if there is none.
template <class Tensors>
const name_map* find_source(std::span<const name_map> maps, const Tensors& tensors) {
  for (const name_map& map : maps)
    for (const auto& [name, tensor] : tensors)
      if (detail::without_prefix(map, name) == map.signature) return &map;
  return nullptr;
}

/// What becomes of a checkpoint's tensors.
struct renaming {
  struct dropped_tensor {
    std::string name;
    const name_rule* rule;
  };
  std::map<std::string, std::vector<std::string>> made_of;  ///< a new name: the old ones, one below the other
  std::vector<dropped_tensor> dropped;
};

/// Applies the map to the keys of `tensors`. Throws if one has no rule, if two become the same, or if a part
/// is missing. `path` names the file in errors.
template <class Tensors>
renaming rename_tensors(const std::string& path, const name_map& map, const Tensors& tensors) {
  renaming result;
  for (const auto& [name, tensor] : tensors) {
    bool known = false;
    for (const name_rule& rule : map.rules) {
      const auto parts = detail::match_name(rule.from, detail::without_prefix(map, name));
      if (!parts) continue;
      known = true;
      if (rule.to.empty()) {
        result.dropped.push_back({name, &rule});
        break;
      }
      const std::string to = detail::fill_name(rule.to, *parts);
      auto& old = result.made_of[to];
      old.resize(std::size_t(rule.parts));
      require(old[rule.part].empty(), path, ": tensors '", old[rule.part], "' and '", name, "' are both ",
              to);
      old[rule.part] = name;
      break;
    }
    require(known, path, ": tensor '", name, "' is unknown in a checkpoint of the kind '", map.source, "'");
  }
  for (const auto& [to, old] : result.made_of)
    for (const name_rule& rule : map.rules) {
      if (std::size_t(rule.parts) != old.size() || !old[rule.part].empty()) continue;
      if (const auto parts = detail::match_name(rule.to, to))
        throw error(
            message(path, ": no tensor '", detail::fill_name(rule.from, *parts), "', a part of ", to));
    }
  return result;
}

}  // namespace eev::io

// In:  the paths of a command line: videos, folders, lists.  Out: the videos, each with its ID.
#include "inputs.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <string_view>

#include "failures.hpp"

namespace eev::command {

namespace fs = std::filesystem;

const char* const media_extensions =
    "3gp asf avi flv gif jpeg jpg m2ts m4v mkv mov mp4 mpeg mpg mts mxf ogm ogv png ts vob webm wmv";

namespace {

bool is_media(const fs::path& path) {
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  const std::string all = message(" ", media_extensions, " ");
  return extension.size() > 1 && all.find(" " + extension.substr(1) + " ") != all.npos &&
         !path.filename().string().starts_with('.');
}

void add_folder(std::vector<std::string>& paths, const std::string& folder) {
  std::vector<std::string> found;
  try {
    for (const auto& entry : fs::recursive_directory_iterator(folder))
      if (is_media(entry.path()) && entry.is_regular_file()) found.push_back(entry.path().string());
  } catch (const fs::filesystem_error& problem) {
    throw error(message(problem.path1().string(), ": cannot be searched: ", problem.code().message()));
  }
  require(!found.empty(), folder, ": no videos in this folder (files that end in ", media_extensions, ")");
  std::ranges::sort(found);
  paths.insert(paths.end(), found.begin(), found.end());
}

void add_path(std::vector<std::string>& paths, const std::string& path) {
  std::error_code none;
  if (fs::is_directory(path, none))
    add_folder(paths, path);
  else
    paths.push_back(path);
}

/// Paths as they would be given on the command line; empty lines are passed over.
void add_list(std::vector<std::string>& paths, const std::string& list) {
  const std::size_t before = paths.size();
  std::ifstream file(list);
  require(file.is_open() && !fs::is_directory(list), list, ": cannot be opened");
  for (std::string line; std::getline(file, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (!line.empty()) add_path(paths, line);
  }
  require(paths.size() > before, list, ": names no videos");
}

}  // namespace

std::vector<input> find_inputs(const std::vector<std::string>& arguments, bool lists) {
  std::vector<std::string> paths;
  for (const std::string& argument : arguments)
    if (lists && argument.ends_with(".txt"))
      add_list(paths, argument);
    else
      add_path(paths, argument);
  return with_ids(paths);
}

std::vector<input> with_ids(const std::vector<std::string>& paths) {
  std::vector<input> inputs;
  for (const std::string& path : paths) inputs.push_back({path, fs::path(path).stem().string()});
  // A full name may be equal to what is left of another one without its extension: until nothing changes.
  for (bool changed = true; changed;) {
    changed = false;
    std::map<std::string, int> uses;
    for (const input& input : inputs) ++uses[input.id];
    for (input& input : inputs) {
      const std::string full = fs::path(input.path).filename().string();
      if (uses[input.id] == 1 || input.id == full) continue;
      input.id = full;
      changed = true;
    }
  }
  std::map<std::string, std::string> path_of;
  for (const input& input : inputs) {
    const auto [first, is_new] = path_of.emplace(input.id, input.path);
    if (!is_new)
      throw usage_error(message(first->second, " and ", input.path, " would both have the ID '", input.id,
                                "'; rename one or give them in separate runs"));
  }
  return inputs;
}

std::vector<input> shard::of(const std::vector<input>& all) const {
  std::vector<input> part;
  for (std::size_t i = index; i < all.size(); i += count) part.push_back(all[i]);
  return part;
}

shard parse_shard(const std::string& text) {
  shard part;
  const char* const end = text.data() + text.size();
  const auto [slash, bad_index] = std::from_chars(text.data(), end, part.index);
  const bool has_slash = bad_index == std::errc() && slash != end && *slash == '/';
  const auto [stop, bad_count] = std::from_chars(has_slash ? slash + 1 : end, end, part.count);
  if (!has_slash || bad_count != std::errc() || stop != end || part.index >= part.count)
    throw usage_error("--shard: '" + text + "' is not I/N with I from 0 to N - 1, such as 0/4");
  return part;
}

}  // namespace eev::command

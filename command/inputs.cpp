// In:  the paths of a command line: videos, folders, lists.  Out: the videos, each with its ID.
#include "inputs.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <string_view>

#include "failures.hpp"

namespace eev::command {

namespace fs = std::filesystem;

const char* const media_extensions =
    "3gp asf avi flv gif jpeg jpg m2ts m4v mjpeg mjpg mkv mov mp4 mpeg mpg mts mxf ogm ogv png ts vob webm "
    "wmv";

namespace {

/// In small letters.
std::string extension_of(const fs::path& path) {
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return extension;
}

bool is_media(const fs::path& path) {
  const std::string extension = extension_of(path);
  const std::string all = message(" ", media_extensions, " ");
  return extension.size() > 1 && all.find(" " + extension.substr(1) + " ") != all.npos &&
         !path.filename().string().starts_with('.');
}

bool is_folder(const std::string& path) {
  std::error_code none;
  return fs::is_directory(path, none);
}

/// The media files in a folder, at any depth, and what cannot be looked at.
void search(std::vector<input>& found, const std::string& folder) {
  std::error_code problem;
  const auto entries = fs::directory_iterator(folder, problem);
  if (problem) found.push_back({folder, "", "cannot be searched: " + problem.message()});
  for (auto entry = begin(entries); entry != end(entries); entry.increment(problem)) {
    const std::string path = entry->path().string();
    const auto status = entry->status(problem);
    if (fs::is_directory(status) && !entry->is_symlink(problem))
      search(found, path);
    else if (!is_media(entry->path()))
      continue;
    else if (!fs::exists(status))
      found.push_back({path, "", "cannot be opened: " + problem.message()});
    else if (fs::is_regular_file(status))
      found.push_back({path, "", ""});
  }
}

void add_folder(std::vector<input>& inputs, const std::string& folder) {
  std::vector<input> found;
  search(found, folder);
  if (found.empty())
    found.push_back(
        {folder, "", message("no videos in this folder (files that end in ", media_extensions, ")")});
  std::ranges::sort(found, {}, &input::path);
  inputs.insert(inputs.end(), found.begin(), found.end());
}

void add_path(std::vector<input>& inputs, const std::string& path) {
  if (is_folder(path))
    add_folder(inputs, path);
  else
    inputs.push_back({path, "", ""});
}

/// Paths as they would be given on the command line; empty lines are passed over.
void add_list(std::vector<input>& inputs, const std::string& list) {
  const std::size_t before = inputs.size();
  std::ifstream file(list);
  if (!file) return inputs.push_back({list, "", message("cannot be opened: ", std::strerror(errno))});
  bool first = true;
  for (std::string line; std::getline(file, line); first = false) {
    if (first && line.starts_with("\xef\xbb\xbf")) line.erase(0, 3);  // a byte order mark
    if (line.ends_with('\r')) line.pop_back();
    if (!line.empty()) add_path(inputs, line);
  }
  if (inputs.size() == before) inputs.push_back({list, "", "names no videos"});
}

}  // namespace

std::vector<input> find_inputs(const std::vector<std::string>& arguments, bool lists) {
  std::vector<input> inputs;
  for (const std::string& argument : arguments)
    if (lists && extension_of(argument) == ".txt" && !is_folder(argument))
      add_list(inputs, argument);
    else
      add_path(inputs, argument);
  give_ids(inputs);
  return inputs;
}

void give_ids(std::vector<input>& all) {
  std::vector<input*> inputs;
  for (input& input : all) {
    input.id = input.problem.empty() ? fs::path(input.path).stem().string() : input.path;
    if (input.problem.empty()) inputs.push_back(&input);
  }
  // A full name may be equal to what is left of another one without its extension: until nothing changes.
  for (bool changed = true; changed;) {
    changed = false;
    std::map<std::string, int> uses;
    for (const input* input : inputs) ++uses[input->id];
    for (input* input : inputs) {
      const std::string full = fs::path(input->path).filename().string();
      if (uses[input->id] == 1 || input->id == full) continue;
      input->id = full;
      changed = true;
    }
  }
  std::map<std::string, std::string> path_of;
  for (const input* video : inputs) {
    const input& input = *video;
    const auto [first, is_new] = path_of.emplace(input.id, input.path);
    if (!is_new)
      throw usage_error(message(first->second, " and ", input.path, " would both have the ID '", input.id,
                                "'; rename one or give them in separate runs"));
  }
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

// In:  the name of a network.  Out: the file that its weights are in.
#include "find_weights.hpp"

#include <cstdlib>
#include <filesystem>
#include <vector>

#include <eev/core/error.hpp>

namespace eev::command {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::vector<std::filesystem::path> weights_folders() {
  std::vector<std::filesystem::path> folders;
  if (const auto chosen = variable("EEV_WEIGHTS"); !chosen.empty()) folders.emplace_back(chosen);
  folders.emplace_back("weights");
  if (const auto cache = variable("XDG_CACHE_HOME"); !cache.empty())
    folders.emplace_back(cache + "/eev");
  else if (const auto home = variable("HOME"); !home.empty())
    folders.emplace_back(home + "/.cache/eev");
  return folders;
}

}  // namespace

std::string find_weights(const std::string& name, const std::string& option, const std::string& why,
                         std::string file) {
  if (file.empty()) file = name + ".safetensors";
  std::string searched;
  for (const auto& folder : weights_folders()) {
    const auto path = folder / file;
    std::error_code unreadable;
    if (std::filesystem::exists(path, unreadable)) return path.string();
    searched += (searched.empty() ? "" : ", ") + folder.string();
  }
  // What is for the demonstration alone has been published by nobody.
  const std::string how = name.ends_with("-demo") ? "" : "get it by tools/fetch-weights " + name + ", or ";
  throw error(message(why, "; there is no ", file, " in ", searched, ": ", how,
                      "name the file of those weights with ", option, " FILE"));
}

}  // namespace eev::command

// In:  nothing.  Out: a folder for one test, and whole files in and out of strings.  Rests on: std, POSIX.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include <stdlib.h>

#include <eev/core/error.hpp>

namespace eev::test {

/// An empty folder, removed with all that is in it.
class temporary_folder {
 public:
  temporary_folder() : path_((std::filesystem::temp_directory_path() / "eev-test-XXXXXX").string()) {
    if (!::mkdtemp(path_.data())) throw std::runtime_error("no folder " + path_);
  }
  ~temporary_folder() { std::filesystem::remove_all(path_); }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

  /// How many entries it has.
  std::ptrdiff_t size() const {
    return std::distance(std::filesystem::directory_iterator(path_), std::filesystem::directory_iterator());
  }

 private:
  std::string path_;
};

inline void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The bytes that pairs of hexadecimal digits stand for.
inline std::string from_hex(const std::string& digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    bytes += char(std::stoi(digits.substr(i, 2), nullptr, 16));
  return bytes;
}

/// The message of the eev::error that `action` throws; "" if it throws none.
template <class Action>
std::string error_of(const Action& action) {
  try {
    action();
  } catch (const eev::error& caught) {
    return caught.what();
  }
  return "";
}

}  // namespace eev::test

// In:  a path.  Out: the regular file there, open for reading.  Rests on: core/error; POSIX.
#pragma once

#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <eev/core/error.hpp>

namespace eev::io {

/// A file that stays open as long as this lives. Directories, pipes and devices are refused.
class input_file {
 public:
  explicit input_file(const std::string& path) : path_(path) {
    // O_NONBLOCK: should it be a pipe, not to wait for its writer.
    descriptor_.value = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    require(descriptor_.value >= 0, path, ": cannot be opened: ", std::strerror(errno));
    struct stat status {};
    require(::fstat(descriptor_.value, &status) == 0, path, ": cannot be read");
    require(!S_ISDIR(status.st_mode), path, ": cannot be read: ", std::strerror(EISDIR));
    require(S_ISREG(status.st_mode), path, ": cannot be read: a pipe or a device, expected a file");
    size_ = std::size_t(status.st_size);
  }

  int descriptor() const { return descriptor_.value; }
  std::size_t size() const { return size_; }

  /// The next bytes, at most `count`; 0 at the end of the file.
  std::size_t read(void* bytes, std::size_t count) {
    ssize_t got;
    do got = ::read(descriptor_.value, bytes, count);
    while (got < 0 && errno == EINTR);
    require(got >= 0, path_, ": cannot be read: ", std::strerror(errno));
    return std::size_t(got);
  }

 private:
  struct owned_descriptor {
    int value = -1;
    owned_descriptor() = default;
    owned_descriptor(const owned_descriptor&) = delete;
    owned_descriptor& operator=(const owned_descriptor&) = delete;
    ~owned_descriptor() {
      if (value >= 0) ::close(value);
    }
  };

  std::string path_;
  owned_descriptor descriptor_;
  std::size_t size_ = 0;
};

}  // namespace eev::io

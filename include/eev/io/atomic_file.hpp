// In:  a path, bytes.  Out: a whole file there, or none.  Rests on: core/error; POSIX.
//
// Written to a temporary name beside its target (another folder may be another file system) and renamed at
// the end: nobody ever sees half a file under its name, whatever stops the program.
#pragma once

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <eev/core/error.hpp>

namespace eev::io {

/// A file that is there once commit() returns; without it nothing is left behind.
class atomic_file {
 public:
  explicit atomic_file(const std::string& path) : path_(target_of(path)) {
    static std::atomic<unsigned> count{0};
    int descriptor;
    // The beginning of a long name, so that what is appended fits.
    const std::size_t name = path_.rfind('/') + 1;
    const std::string beginning = path_.substr(0, name + longest_beginning);
    do {  // until the name is new: a process with this number may have been killed here before
      temporary_ = message(beginning, ".tmp-", ::getpid(), "-", count++);
      descriptor = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    } while (descriptor < 0 && errno == EEXIST);
    if (descriptor < 0) fail();
    stream_.reset(::fdopen(descriptor, "w"));
    if (!stream_) {
      ::close(descriptor);
      remove_temporary();
      fail();
    }
  }
  ~atomic_file() {
    if (!committed_) remove_temporary();
  }
  atomic_file(const atomic_file&) = delete;
  atomic_file& operator=(const atomic_file&) = delete;

  void write(const void* bytes, std::size_t count) {
    if (count > 0 && std::fwrite(bytes, 1, count, stream_.get()) != count) fail();
  }
  void write(std::string_view text) { write(text.data(), text.size()); }

  /// Puts the file in place, over an older one. It is the last call.
  void commit() {
    if (std::fclose(stream_.release()) != 0) fail();
    if (std::rename(temporary_.c_str(), path_.c_str()) != 0) fail();
    committed_ = true;
  }

 private:
  static constexpr std::size_t longest_beginning = 200;  // bytes, of the 255 that a name may have

  /// The file that `path` leads to through symbolic links, so that these stay. Nothing but a file is
  /// replaced: a rename to /dev/null would succeed.
  static std::string target_of(const std::string& path) {
    require(!path.empty(), "no file can be written without a name");
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
      require(errno == ENOENT, path, ": cannot be written: ", std::strerror(errno));
      return path;
    }
    require(S_ISREG(status.st_mode), path, ": cannot be written: it exists and is not a file");
    const std::unique_ptr<char, decltype(&std::free)> resolved(::realpath(path.c_str(), nullptr), &std::free);
    return resolved ? resolved.get() : path;
  }

  void remove_temporary() const {
    const int cause = errno;  // the error that led here is still to be told
    ::unlink(temporary_.c_str());
    errno = cause;
  }

  [[noreturn]] void fail() const {
    throw error(message(path_, ": cannot be written: ", std::strerror(errno)));
  }

  struct close {
    void operator()(std::FILE* stream) const { std::fclose(stream); }
  };
  std::string path_, temporary_;
  std::unique_ptr<std::FILE, close> stream_;
  bool committed_ = false;
};

}  // namespace eev::io

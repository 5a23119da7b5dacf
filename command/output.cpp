// In:  text.  Out: stdout, or a file that is there once all of it is.
#include "output.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "failures.hpp"

namespace eev::command {

output::output(const std::string& path) : name_(path), opened_(nullptr, std::fclose) {
  namespace fs = std::filesystem;
  std::error_code none;
  const auto status = fs::status(path, none);
  // (/dev/stdout may be a file that others write to as well.)
  if (path == "-" || (fs::is_regular_file(status) && fs::equivalent(path, "/dev/stdout", none))) {
    name_ = "stdout";
    stream_ = stdout;
  } else if (fs::is_character_file(status) || fs::is_fifo(status)) {
    opened_.reset(std::fopen(path.c_str(), "w"));
    stream_ = opened_.get();
    check(stream_ != nullptr);
  } else {
    file_.emplace(path);
  }
}

void output::write(std::string_view text) {
  if (file_) return file_->write(text);
  if (is_read_) check(std::fwrite(text.data(), 1, text.size(), stream_) == text.size());
}

void output::commit() {
  if (file_) return file_->commit();
  if (is_read_) check(std::fflush(stream_) == 0);
}

void tell_beside(const std::string& results, const std::string& text, bool quiet) {
  if (results == "-") {
    if (!quiet) std::fputs(text.c_str(), stderr);
    return;
  }
  output out("-");
  out.write(text);
  out.commit();
}

bool is_same_file(const std::string& a, const std::string& b) {
  namespace fs = std::filesystem;
  if (a == "-" || b == "-") return a == b;
  std::error_code none;
  const auto whole = [&](const std::string& path) {
    return fs::weakly_canonical(fs::absolute(path, none), none);
  };
  const fs::path first = whole(a);
  return fs::equivalent(a, b, none) || (!first.empty() && first == whole(b));
}

void require_not_read(const std::string& option, const std::string& path,
                      const std::vector<std::string>& read) {
  std::error_code none;
  for (const std::string& file : read)
    if (path != "-" && std::filesystem::equivalent(path, file, none))
      throw usage_error(message(option, " ", path, ": that is ", file, ", which is read"));
}

void make_folder(const std::string& path) {
  std::error_code problem;
  std::filesystem::create_directories(path, problem);
  require(std::filesystem::is_directory(path), path,
          ": cannot be made a folder: ", problem ? problem.message() : "there is a file of that name");
}

folder_lock::folder_lock(const std::string& folder)
    : descriptor_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  // A file system without locks (some on networks) has to do without.
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return;
  ::close(descriptor_);
  throw error(folder +
              ": another process of eev is writing there; wait until it has ended, or name another folder");
}

folder_lock::~folder_lock() { ::close(descriptor_); }

void output::check(bool good) {
  is_read_ = good || errno != EPIPE;
  if (!good && is_read_) throw error(message(name_, ": cannot be written: ", std::strerror(errno)));
}

}  // namespace eev::command

// In:  text.  Out: stdout, or a file that is there once all of it is.  Rests on: io/atomic_file.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <eev/io/atomic_file.hpp>

namespace eev::command {

/// Where results go: "-" is stdout. A pipe or a device (/dev/null) is written directly, for nothing in its
/// place is to be replaced. Whoever reads a pipe may close it and want no more, as in `eev predict ... |
/// head`: what is written from then on goes nowhere, quietly.
class output {
 public:
  explicit output(const std::string& path);

  void write(std::string_view text);

  /// False once who read it has gone.
  bool is_read() const { return is_read_; }

  /// All is written: the file appears.
  void commit();

 private:
  void check(bool good);

  std::string name_;
  std::optional<io::atomic_file> file_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> opened_;
  std::FILE* stream_ = nullptr;
  bool is_read_ = true;
};

/// Writes what is to be said of results that went to `results`: on stdout, or where these have taken that, on
/// stderr, unless `quiet`.
void tell_beside(const std::string& results, const std::string& text, bool quiet);

/// Whether two names are of one file, which need not be there yet. "-" is stdout.
bool is_same_file(const std::string& a, const std::string& b);

/// Throws usage_error if the option names one of the files that are read: none is to be written over.
void require_not_read(const std::string& option, const std::string& path,
                      const std::vector<std::string>& read);

/// The folder is there, and those it is in.
void make_folder(const std::string& path);

/// Whoever has it writes to the folder alone: for another process it is an error. It goes with the process,
/// however that ends, and leaves nothing in the folder.
class folder_lock {
 public:
  explicit folder_lock(const std::string& folder);
  ~folder_lock();
  folder_lock(const folder_lock&) = delete;
  folder_lock& operator=(const folder_lock&) = delete;

 private:
  int descriptor_;
};

}  // namespace eev::command

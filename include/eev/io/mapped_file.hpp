// In:  a path.  Out: the bytes of the file there, in memory.  Rests on: io/input_file; POSIX.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include <sys/mman.h>

#include <eev/io/input_file.hpp>

namespace eev::io {

/// A file in memory, read-only. What eev writes it renames into place (io/atomic_file.hpp), which leaves an
/// older mapping whole.
class mapped_file {
 public:
  explicit mapped_file(const std::string& path) {
    const input_file file(path);
    require(file.size() > 0, path, ": the file is empty");
    void* memory = ::mmap(nullptr, file.size(), PROT_READ, MAP_PRIVATE, file.descriptor(), 0);
    require(memory != MAP_FAILED, path, ": cannot be mapped: ", std::strerror(errno));
    memory_ = {static_cast<std::byte*>(memory), unmap{file.size()}};
  }

  std::span<const std::byte> bytes() const { return {memory_.get(), memory_.get_deleter().size}; }

 private:
  struct unmap {
    std::size_t size;
    void operator()(std::byte* memory) const { ::munmap(memory, size); }
  };
  std::unique_ptr<std::byte[], unmap> memory_;
};

}  // namespace eev::io

// In:  bytes that anybody may have made.  Out: what a reader does with them: it reads them, or throws
// eev::error, and nothing else.  Rests on: io/strided_tensor; Linux.
//
// Each NAME_fuzz.cpp has the function that libFuzzer calls, LLVMFuzzerTestOneInput. tools/fuzz runs it with
// libFuzzer and clang's sanitizers; replay.cpp calls it, built as all tests are, with the inputs that were
// kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

#include <eev/core/error.hpp>
#include <eev/io/strided_tensor.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace eev::fuzz {

/// A file of these bytes, which is nowhere but in memory, for readers that want a path.
class memory_file {
 public:
  explicit memory_file(std::span<const std::byte> bytes) : descriptor_(::memfd_create("fuzz", MFD_CLOEXEC)) {
    require(::write(descriptor_, bytes.data(), bytes.size()) == ssize_t(bytes.size()), "no memory file");
  }
  ~memory_file() { ::close(descriptor_); }
  memory_file(const memory_file&) = delete;
  memory_file& operator=(const memory_file&) = delete;

  std::string path() const { return message("/proc/self/fd/", descriptor_); }

 private:
  int descriptor_;
};

/// What a reader may do.
template <class Read>
void read_or_refuse(const Read& read) {
  try {
    read();
  } catch (const error&) {
  }
}

/// Touches each element of a tensor.
inline void read_all(const io::strided_tensor& tensor) {
  std::vector<std::byte> scratch;
  tensor.row_major(scratch);
  read_or_refuse([&] { tensor.finite_floats("tensor"); });
}

}  // namespace eev::fuzz

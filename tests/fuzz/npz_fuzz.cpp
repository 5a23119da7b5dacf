// NumPy's arrays: as an archive that has one called "a", and alone, where no CRC-32 keeps mutations out.
#include <eev/io/npz.hpp>

#include "fuzz.hpp"

using namespace eev;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  fuzz::read_or_refuse([&] { fuzz::read_all(io::read_npy("fuzz", bytes)); });
  fuzz::read_or_refuse([&] {
    const fuzz::memory_file file(bytes);
    io::npz_file(file.path()).read("a", {2, 3});
  });
  return 0;
}

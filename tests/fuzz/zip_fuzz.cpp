// Zip archives: every entry, inflated if need be.
#include <eev/io/inflate.hpp>
#include <eev/io/zip_file.hpp>

#include "fuzz.hpp"

using namespace eev;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::read_or_refuse([&] {
    const io::zip_file zip("fuzz", std::as_bytes(std::span(data, size)));
    for (const auto& named : zip.entries())
      fuzz::read_or_refuse([&] {
        const io::zip_entry& entry = named.second;
        io::crc32(entry.bytes);
        if (entry.method == io::zip_method::deflated) io::inflate(named.first, entry.bytes, entry.size);
      });
  });
  return 0;
}

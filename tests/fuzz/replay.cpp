// In:  archives of inputs that fuzzing has kept.  Out: a line each, once all their inputs have been read or
// refused. Rests on: io/inflate, io/zip_file.
#include <cstdio>
#include <exception>

#include <eev/io/inflate.hpp>
#include <eev/io/mapped_file.hpp>
#include <eev/io/zip_file.hpp>

#include "fuzz.hpp"

int main(int argc, char** argv) try {
  using namespace eev;
  for (int i = 1; i < argc; ++i) {
    const io::mapped_file file(argv[i]);
    const io::zip_file corpus(argv[i], file.bytes());
    require(!corpus.entries().empty(), argv[i], ": no inputs in it");
    for (const auto& [name, entry] : corpus.entries()) {
      const auto input = io::inflate(name, entry.bytes, entry.size);
      LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
    }
    std::printf("%s: %zu inputs\n", argv[i], corpus.entries().size());
  }
} catch (const std::exception& problem) {
  std::fprintf(stderr, "%s\n", problem.what());
  return 1;
}

// Files in the format safetensors: all metadata and tensors.
#include <eev/io/model_files.hpp>

#include "fuzz.hpp"

using namespace eev;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::read_or_refuse([&] {
    const io::safetensors_file file("fuzz", std::as_bytes(std::span(data, size)));
    io::find_metadata(file, "eev.network");
    io::is_bundle(file);
    for (const auto& [name, tensor] : file.tensors()) fuzz::read_all(io::row_major_tensor(tensor));
  });
  return 0;
}

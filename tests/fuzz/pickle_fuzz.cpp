// Pickles, alone and as the program of a checkpoint by torch.save that has two storages; and, if the bytes
// begin as one, whole checkpoints.
#include <eev/io/torch_checkpoint.hpp>

#include "../io/checkpoint_bytes.hpp"
#include "fuzz.hpp"

using namespace eev;

namespace {

void read_checkpoint(std::span<const std::byte> bytes) {
  fuzz::read_or_refuse([&] {
    const fuzz::memory_file file(bytes);
    const io::torch_checkpoint checkpoint(file.path());
    for (const auto& [name, tensor] : checkpoint.tensors()) fuzz::read_all(tensor);
  });
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  if (io::is_torch_checkpoint(bytes)) {
    read_checkpoint(bytes);
    return 0;
  }
  fuzz::read_or_refuse([&] { io::pickle("fuzz", bytes, io::torch_globals); });
  const std::string program(reinterpret_cast<const char*>(data), size), storage(24, '\1');
  const std::string zip =
      test::zip_of({{"x/data.pkl", program}, {"x/data/0", storage}, {"x/data/1", storage}});
  read_checkpoint(std::as_bytes(std::span(zip)));
  return 0;
}

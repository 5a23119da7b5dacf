// In:  a trained head and the backbones whose rows it reads.  Out: one file of both.
#include "demo_model.hpp"

#include <map>
#include <vector>

#include <eev/io/safetensors_source.hpp>
#include <eev/io/safetensors_writer.hpp>

namespace eev::command {

void write_demo_model(const std::string& path, const std::string& backbones, const std::string& head,
                      const std::string& made_by) {
  const auto frame = std::make_shared<io::safetensors_file>(backbones);
  const auto trained = std::make_shared<io::safetensors_file>(head);
  std::vector<io::tensor_entry> tensors;
  for (const auto& [name, tensor] : frame->tensors())
    if (!name.starts_with("head.")) tensors.push_back({name, tensor.shape, "BF16"});
  for (const auto& [name, tensor] : trained->tensors()) tensors.push_back({"head." + name, tensor.shape});

  std::map<std::string, std::string> metadata = frame->metadata();
  for (const auto& [key, value] : trained->metadata())
    if (key.starts_with("training.")) metadata[key] = value;
  metadata["eev.note"] = demo_note;
  metadata["eev.made_by"] = made_by;

  io::safetensors_source from_frame(frame), from_head(trained);
  io::write_safetensors(path, metadata, tensors, [&](const io::tensor_entry& tensor) {
    return tensor.name.starts_with("head.") ? from_head.read(tensor.name.substr(5), tensor.shape)
                                            : from_frame.read(tensor.name, tensor.shape);
  });
}

}  // namespace eev::command

// In:  a published checkpoint.  Out: a safetensors file that eev reads, and a report of what became of each
// tensor. Rests on: io/checkpoint, io/name_maps, network_tensors.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace eev::command {

/// Throws if the file is none that eev knows or does not fit its network; then nothing is written. `report`
/// gets the names of all mapped, dropped and missing tensors, also before that. `type` is F32 or BF16.
void convert_checkpoint(const std::string& path, const std::string& output, std::string_view type,
                        std::string& report);

/// The layer behind the features of a visual network, which a converted file has not: [classes, features] and
/// [classes].
struct linear_classifier {
  std::vector<float> weight, bias;
};

/// Throws if the checkpoint has none.
linear_classifier read_classifier(const std::string& path);

}  // namespace eev::command

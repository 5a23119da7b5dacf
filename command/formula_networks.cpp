// In:  the name of a network.  Out: a file of its weights by formula.
#include "formula_networks.hpp"

#include <map>

#include <eev/features/vggish.hpp>
#include <eev/features/visual_network.hpp>
#include <eev/io/formula_weights.hpp>
#include <eev/io/safetensors_writer.hpp>

#include "network_tensors.hpp"
#include "signals.hpp"

namespace eev::command {
namespace {

/// Tensors of `network`, under `prefix`; `name_of` gets the names that the formula knows them by.
void add_network(std::vector<io::tensor_entry>& tensors, std::map<std::string, std::string>& name_of,
                 const std::string& network, const std::string& prefix, std::string_view type) {
  for (auto& tensor : tensors_of(network)) {
    name_of[prefix + tensor.name] = tensor.name;
    tensors.push_back({prefix + tensor.name, tensor.shape, type});
  }
}

constexpr const char* untrained =
    "demonstration weights: the head is untrained (weights by formula); not a measurement of viewers";

}  // namespace

std::vector<std::string> formula_networks() {
  std::vector<std::string> names = features::visual_network_names();
  for (const auto& shape : features::vggish_shapes) names.emplace_back(shape.name);
  names.insert(names.end(), {"head", "head-demo", "demo"});
  return names;
}

void write_formula_weights(const std::string& network, const std::string& path) {
  std::map<std::string, std::string> metadata, name_of;
  std::vector<io::tensor_entry> tensors;
  if (network == "demo") {
    add_network(tensors, name_of, "swin-demo", "visual.", "BF16");
    add_network(tensors, name_of, "vggish-demo", "audio.", "BF16");
    add_network(tensors, name_of, "head-demo", "head.", "F32");
    metadata = {{"eev.visual", "swin-demo"}, {"eev.audio", "vggish-demo"}, {"eev.note", untrained}};
  } else {
    add_network(tensors, name_of, network, "", "F32");
    metadata = {{"eev.network", network}};
    if (network == "head") metadata.insert({{"eev.visual", "swin-large"}, {"eev.audio", "vggish"}});
    if (network == "head-demo") metadata.insert({{"eev.visual", "swin-demo"}, {"eev.audio", "vggish-demo"}});
    if (network.starts_with("head")) metadata["eev.note"] = untrained;
  }
  io::write_safetensors(path, metadata, tensors, [&](const io::tensor_entry& tensor) {
    stop_if_interrupted();
    return io::formula_tensor(name_of.at(tensor.name), tensor.shape);
  });
}

}  // namespace eev::command

// In:  a published checkpoint.  Out: a safetensors file that eev reads, and a report of what became of each
// tensor.
#include "convert_checkpoint.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include <eev/features/vggish.hpp>
#include <eev/features/visual_network.hpp>
#include <eev/io/checkpoint.hpp>
#include <eev/io/name_maps.hpp>
#include <eev/io/swin_buffers.hpp>

#include "console.hpp"
#include "network_tensors.hpp"
#include "signals.hpp"

namespace eev::command {
namespace {

std::string tensor_in(const io::checkpoint& file, const std::string& name) {
  return file.path() + ": tensor '" + name + "'";
}

const io::name_map& source_of(const io::checkpoint& file) {
  if (const auto* map = io::find_source(io::name_maps, file.tensors())) return *map;
  std::string sources, names;
  for (const io::name_map& map : io::name_maps)
    sources += (sources.empty() ? "" : ", ") + std::string(map.source);
  int count = 0;
  for (const auto& [name, tensor] : file.tensors())
    if (count++ < 3) names += (names.empty() ? "'" : ", '") + name + "'";
  throw error(message(file.path(), ": of no source that eev knows (", sources, "): its ", count,
                      " tensors begin with ", names));
}

/// A new tensor's shape: those of its parts, one below the other.
std::vector<dim> joined_shape(const io::checkpoint& file, const std::vector<std::string>& parts) {
  std::vector<dim> shape = file.tensors().at(parts[0]).shape;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::vector<dim>& other = file.tensors().at(parts[i]).shape;
    require(!shape.empty() && shape.size() == other.size() &&
                std::equal(shape.begin() + 1, shape.end(), other.begin() + 1),
            tensor_in(file, parts[i]), " is ", other, ", which does not go below '", parts[0], "', ", shape);
    shape[0] = dim(std::uint64_t(shape[0]) + std::uint64_t(other[0]));  // empty ones may claim any extents
  }
  return shape;
}

using shapes = std::map<std::string, std::vector<dim>>;

/// A network, its tensors, and in how many of them a checkpoint differs.
struct candidate {
  std::string network;
  shapes expected;
  int differences = 0;
};

candidate compare(const std::string& network, const std::vector<io::tensor_entry>& tensors,
                  const shapes& found) {
  candidate candidate{network, {}, 0};
  for (const auto& tensor : tensors) candidate.expected[tensor.name] = tensor.shape;
  for (const auto& [name, shape] : candidate.expected) {
    const auto here = found.find(name);
    candidate.differences += here == found.end() || here->second != shape;
  }
  for (const auto& [name, shape] : found) candidate.differences += !candidate.expected.contains(name);
  return candidate;
}

/// The network of that kind that the tensors are most like.
candidate closest(const std::string& path, std::string_view kind, const shapes& found) {
  const auto shape_of = [&](const std::string& name) -> std::optional<std::vector<dim>> {
    const auto here = found.find(name);
    if (here == found.end()) return std::nullopt;
    return here->second;
  };
  if (kind == "head")
    return naming(path, [&] { return compare("head", tensors_of(head_shape_of(shape_of)), found); });
  std::vector<std::string> networks;
  const auto patches = shape_of("patch_embed.proj.weight");
  for (const auto& shape : features::swin_shapes)
    if (kind == "swin" && patches && !patches->empty() && patches->front() == shape.embed)
      networks.emplace_back(shape.name);
  for (const auto& name : features::visual_network_names())
    if (kind != "swin" && name.starts_with(kind)) networks.push_back(name);
  for (const auto& shape : features::vggish_shapes)
    if (kind == "vggish") networks.emplace_back(shape.name);
  require(!networks.empty(), path, ": a ", kind, " of a size that eev has no network for");
  std::vector<candidate> candidates;
  for (const std::string& network : networks)
    candidates.push_back(compare(network, tensors_of(network), found));
  return *std::ranges::min_element(candidates, {}, &candidate::differences);
}

/// What eev computes instead of reading it must be the same.
void check_dropped(const io::checkpoint& file, const io::renaming& names) {
  for (const auto& [name, rule] : names.dropped) {
    const auto& tensor = file.tensors().at(name);
    if (rule->holds == io::known_buffer::relative_position_index)
      io::check_relative_position_index(tensor_in(file, name), tensor);
    if (rule->holds == io::known_buffer::attention_mask)
      io::check_attention_mask(tensor_in(file, name), tensor);
  }
}

std::string report_of(const io::checkpoint& file, const io::renaming& names, const candidate& network,
                      const shapes& found) {
  std::string report;
  const auto add = [&](const auto&... parts) { report += one_line(message(parts...)) + "\n"; };
  int missing = 0;
  for (const auto& [name, old] : names.made_of) {
    std::string parts;
    for (const std::string& part : old) parts += (parts.empty() ? "" : " + ") + part;
    add("mapped   ", parts, " -> ", name, " ", found.at(name));
  }
  for (const auto& [name, rule] : names.dropped)
    add("dropped  ", name, " ", file.tensors().at(name).shape, ": ", rule->reason);
  for (const std::string& name : file.left_out()) add("dropped  ", name, ": no part of the network");
  for (const auto& [name, shape] : network.expected)
    if (!found.contains(name)) add("missing  ", name, " ", shape), ++missing;
  add(network.network, ": ", names.made_of.size(), " mapped, ", names.dropped.size() + file.left_out().size(),
      " dropped, ", missing, " missing");
  return report;
}

/// Throws at the first tensor in which the checkpoint is not the network.
void check_fit(const io::checkpoint& file, const io::name_map& map, const io::renaming& names,
               const candidate& network, const shapes& found) {
  const std::string expected =
      message(", expected by ", network.network, " in a checkpoint of the kind '", map.source, "'");
  for (const auto& [name, shape] : network.expected) {
    const auto here = found.find(name);
    require(here != found.end(), file.path(), ": nothing becomes ", name, " ", shape, expected);
    require(here->second == shape, tensor_in(file, names.made_of.at(name)[0]), " becomes ", name, " ",
            here->second, ", not ", shape, expected);
  }
  for (const auto& [name, shape] : found)
    require(network.expected.contains(name), tensor_in(file, names.made_of.at(name)[0]), " has no place in ",
            network.network);
}

}  // namespace

void convert_checkpoint(const std::string& path, const std::string& output, std::string_view type,
                        std::string& report) {
  const io::checkpoint file(path);
  const io::name_map& map = source_of(file);
  const io::renaming names = io::rename_tensors(path, map, file.tensors());
  shapes found;
  for (const auto& [name, old] : names.made_of) found[name] = joined_shape(file, old);
  const candidate network = closest(path, map.network, found);
  report = one_line(message(path, ": ", map.source)) + "\n" + report_of(file, names, network, found);
  check_fit(file, map, names, network, found);
  check_dropped(file, names);

  std::vector<io::tensor_entry> tensors;
  for (const auto& [name, shape] : found) tensors.push_back({name, shape, type});
  const std::map<std::string, std::string> metadata{{"eev.network", network.network},
                                                    {"eev.source", std::string(map.source)}};
  io::write_safetensors(output, metadata, tensors, [&](const io::tensor_entry& tensor) {
    stop_if_interrupted();
    std::vector<float> values;
    for (const std::string& part : names.made_of.at(tensor.name)) {
      auto more = file.tensors().at(part).finite_floats(tensor_in(file, part));
      if (values.empty())
        values = std::move(more);
      else
        values.insert(values.end(), more.begin(), more.end());
    }
    return values;
  });
}

linear_classifier read_classifier(const std::string& path) {
  const io::checkpoint file(path);
  linear_classifier classifier;
  for (const auto& [name, rule] : io::rename_tensors(path, source_of(file), file.tensors()).dropped) {
    if (rule->reason != io::classifier) continue;
    auto& values = name.ends_with(".weight") ? classifier.weight : classifier.bias;
    values = file.tensors().at(name).finite_floats(tensor_in(file, name));
  }
  require(!classifier.weight.empty() && !classifier.bias.empty(), path,
          ": no classifier in it; expected a checkpoint as its authors publish it, not converted by eev");
  return classifier;
}

}  // namespace eev::command

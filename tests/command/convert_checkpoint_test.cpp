#include "command/convert_checkpoint.hpp"

#include <cstring>
#include <functional>
#include <limits>

#include <doctest/doctest.h>

#include <eev/io/formula_weights.hpp>
#include <eev/io/safetensors_source.hpp>

#include "../io/checkpoint_bytes.hpp"
#include "../io/swin_buffers.hpp"
#include "../io/temporary.hpp"
#include "command/network_tensors.hpp"

using namespace eev;
using namespace eev::test;

namespace {

/// A tensor of a checkpoint that is still to be written.
struct published_tensor {
  std::string name;
  std::vector<dim> shape;
  std::string storage;  // FloatStorage, ...
  std::string bytes;
};

template <class Value>
std::string raw_bytes(const std::vector<Value>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Value)};
}

published_tensor float_tensor(const std::string& name, const std::vector<dim>& shape,
                              const std::vector<float>& values) {
  return {name, shape, "FloatStorage", raw_bytes(values)};
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto place = text.find(from);
  return place == text.npos ? text : text.replace(place, from.size(), to);
}

/// Where patches are merged at the end of a stage, not at the start of the next.
std::string merged_earlier(const std::string& name) {
  if (name.find(".downsample.") == name.npos) return name;
  return "layers." + std::to_string(name[7] - '1') + name.substr(8);
}

/// The network by formula, its tensors named by `name_of`.
std::vector<published_tensor> published(const std::vector<io::tensor_entry>& tensors,
                                        const std::function<std::string(const std::string&)>& name_of) {
  std::vector<published_tensor> all;
  for (const auto& [name, shape, type] : tensors)
    all.push_back(float_tensor(name_of(name), shape, io::formula_tensor(name, shape)));
  return all;
}

std::vector<published_tensor> from_microsoft() {
  auto all = published(command::tensors_of("swin-demo"), merged_earlier);
  all.push_back(float_tensor("head.weight", {5, 256}, std::vector<float>(5 * 256)));
  for (const char* block : {"0.blocks.0", "0.blocks.1", "2.blocks.1"})
    all.push_back({"layers." + std::string(block) + ".attn.relative_position_index",
                   {49, 49},
                   "LongStorage",
                   raw_bytes(swin_position_index())});
  all.push_back(float_tensor("layers.0.blocks.1.attn_mask", {64, 49, 49}, swin_attention_mask(8)));
  all.push_back(float_tensor("layers.2.blocks.1.attn_mask", {4, 49, 49}, swin_attention_mask(2)));
  return all;
}

/// With what a training leaves of batches and of classifiers.
std::vector<published_tensor> from_batch_norms(const std::string& network, const std::string& classifier) {
  std::vector<published_tensor> all;
  for (auto& tensor : published(command::tensors_of(network), [](const std::string& name) { return name; })) {
    if (tensor.name.ends_with(".running_var"))
      all.push_back({replaced(tensor.name, "running_var", "num_batches_tracked"),
                     {},
                     "LongStorage",
                     std::string(8, 'x')});
    all.push_back(std::move(tensor));
  }
  all.push_back(float_tensor(classifier, {5, 2048}, std::vector<float>(5 * 2048)));
  return all;
}

std::vector<published_tensor> from_hugging_face() {
  std::vector<published_tensor> all;
  for (auto& tensor : published(command::tensors_of("swin-demo"), merged_earlier)) {
    std::string name = replaced(tensor.name, "patch_embed.proj", "embeddings.patch_embeddings.projection");
    name = replaced(replaced(name, "patch_embed.norm", "embeddings.norm"), ".norm1.", ".layernorm_before.");
    name = replaced(replaced(name, ".norm2.", ".layernorm_after."), ".mlp.fc1.", ".intermediate.dense.");
    name = replaced(replaced(name, ".mlp.fc2.", ".output.dense."), ".attn.proj.", ".attention.output.dense.");
    name = replaced(name, ".attn.", ".attention.self.");
    name =
        "swin." + (name.starts_with("norm.") ? "layer" + name : replaced(name, "layers.", "encoder.layers."));
    const std::size_t third = tensor.bytes.size() / 3;
    if (name.find(".qkv.") == name.npos) {
      all.push_back({name, tensor.shape, tensor.storage, tensor.bytes});
      continue;
    }
    tensor.shape[0] /= 3;
    int part = 0;
    for (const char* of : {".query.", ".key.", ".value."})
      all.push_back({replaced(name, ".qkv.", of), tensor.shape, tensor.storage,
                     tensor.bytes.substr(third * part++, third)});
  }
  all.push_back(float_tensor("classifier.bias", {5}, std::vector<float>(5)));
  return all;
}

/// As torch.save writes it, under `key` if there is one.
std::string checkpoint_of(const std::vector<published_tensor>& tensors, const std::string& key = "") {
  std::vector<std::pair<std::string, std::string>> entries;
  std::vector<zip_record> records{{"archive/data.pkl", ""}};
  for (const auto& tensor : tensors) {
    described_tensor described{.storage = tensor.storage, .key = std::to_string(entries.size())};
    described.shape.assign(tensor.shape.begin(), tensor.shape.end());
    described.strides = described.shape;
    described.elements = 1;
    for (std::size_t axis = tensor.shape.size(); axis-- > 0; described.elements *= tensor.shape[axis])
      described.strides[axis] = described.elements;
    entries.emplace_back(tensor.name, described.code());
    records.push_back({"archive/data/" + described.key, tensor.bytes});
  }
  const std::string state = state_dict(entries);
  records[0].data = pickled(key.empty() ? state : state_dict({{key, state}, {"epoch", "K\1"}}));
  return zip_of(records);
}

/// What is said of a checkpoint that is refused; its folder is left out.
std::string conversion_complaint(const std::vector<published_tensor>& tensors, std::string& report) {
  const temporary_folder folder;
  write_file(folder / "c.pth", checkpoint_of(tensors));
  const std::string found =
      error_of([&] { command::convert_checkpoint(folder / "c.pth", folder / "out", "F32", report); });
  CHECK(folder.size() == 1);
  CHECK(found.starts_with(folder / "c.pth: "));
  return found.substr((folder / "c.pth: ").size());
}
std::string conversion_complaint(const std::vector<published_tensor>& tensors) {
  std::string report;
  return conversion_complaint(tensors, report);
}

const auto same_name = [](const std::string& name) { return name; };
const auto parallel_name = [](const std::string& name) { return "module." + name; };

struct conversion_case {
  std::vector<published_tensor> published;
  const char *key, *source, *network;
  std::vector<io::tensor_entry> expected;
  std::size_t dropped;
};

void check_conversion(const conversion_case& problem) {
  const auto& [published, key, source, network, expected, dropped] = problem;
  CAPTURE(source);
  const temporary_folder folder;
  write_file(folder / "c.pth", checkpoint_of(published, key));
  for (const char* type : {"F32", "BF16"}) {
    std::string report;
    command::convert_checkpoint(folder / "c.pth", folder / "out", type, report);
    io::safetensors_source converted(folder / "out");
    CHECK(converted.file().metadata() ==
          std::map<std::string, std::string>{{"eev.network", network}, {"eev.source", source}});
    REQUIRE(converted.file().tensors().size() == expected.size());
    for (const auto& tensor : expected) {
      auto values = io::formula_tensor(tensor.name, tensor.shape);
      if (type == std::string("BF16"))
        for (float& value : values) value = bfloat16(value);
      CHECK_MESSAGE(converted.read(tensor.name, tensor.shape) == values, tensor.name);
      CHECK(report.find(" -> " + tensor.name + " [") != report.npos);
    }
    CHECK(report.ends_with(
        message(network, ": ", expected.size(), " mapped, ", dropped, " dropped, 0 missing\n")));
  }
}

}  // namespace

TEST_CASE("a checkpoint of each source becomes the network's own tensors, to the bit") {
  const auto vggish = command::tensors_of("vggish-demo"), swin = command::tensors_of("swin-demo");
  const auto small_head =
      command::tensors_of(head_shape{.visual = 20, .audio = 9, .visual_units = 7, .audio_units = 5});
  check_conversion({from_microsoft(), "model", "official Swin", "swin-demo", swin, 7});
  check_conversion({published(swin, same_name), "", "timm Swin", "swin-demo", swin, 0});
  check_conversion({from_hugging_face(), "", "Hugging Face Swin", "swin-demo", swin, 1});
  check_conversion({published(vggish, same_name), "", "torchvggish", "vggish-demo", vggish, 0});
  check_conversion(
      {published(small_head, parallel_name), "state_dict", "PyTorch head", "head", small_head, 1});
}

TEST_CASE("full size: checkpoints with batch norms become the network's own tensors, to the bit") {
  for (const char* network : {"se-resnet50", "se-resnext101-32x4d"})
    check_conversion({from_batch_norms(network, "last_linear.weight"), "", "Cadene SE-ResNet", network,
                      command::tensors_of(network), std::string_view(network).ends_with("50") ? 54u : 105u});
  check_conversion({from_batch_norms("inception-v3", "AuxLogits.fc.weight"), "", "torchvision Inception",
                    "inception-v3", command::tensors_of("inception-v3"), 95});
}

TEST_CASE("a report names the tensors that are mapped, dropped and missing, even where nothing is written") {
  auto tensors = from_microsoft();
  CHECK(tensors[0].name == "patch_embed.proj.weight");
  std::string report;
  std::erase_if(tensors, [](const auto& tensor) { return tensor.name == "norm.bias"; });
  tensors.push_back(float_tensor("head.\n\x1b[2J", {}, {1}));
  CHECK(conversion_complaint(tensors, report) ==
        "nothing becomes norm.bias [256], expected by swin-demo in a checkpoint of the kind 'official Swin'");
  for (const char* line :
       {"mapped   layers.2.downsample.norm.bias -> layers.3.downsample.norm.bias [512]\n",
        "dropped  head.weight [5, 256]: the classifier, behind the features\n",
        "dropped  layers.0.blocks.1.attn_mask [64, 49, 49]: computed by eev, found to be the same\n",
        "dropped  head.  [2J []: ", "missing  norm.bias [256]\n", " dropped, 1 missing\n"})
    CHECK_MESSAGE(report.find(line) != report.npos, report, line);
}

TEST_CASE("a checkpoint that is not quite its network is refused by the tensor") {
  const auto with = [](const std::string& name, const std::function<void(published_tensor&)>& change) {
    auto tensors = from_microsoft();
    for (auto& tensor : tensors)
      if (tensor.name == name) change(tensor);
    return conversion_complaint(tensors);
  };
  CHECK(with("norm.weight",
             [](auto& tensor) {
               tensor.shape = {16, 16};
             }) ==
        "tensor 'norm.weight' becomes norm.weight [16, 16], not [256], expected by swin-demo in a checkpoint "
        "of the "
        "kind 'official Swin'");
  CHECK(with("norm.weight", [](auto& tensor) {
          tensor.name = "norm.gain";
        }).starts_with("nothing becomes norm.weight"));
  CHECK(with("head.weight", [](auto& tensor) { tensor.name = "norm.gain"; }) ==
        "tensor 'norm.gain' has no place in swin-demo");
  CHECK(with("head.weight", [](auto& tensor) { tensor.name = "absolute_pos_embed"; }) ==
        "tensor 'absolute_pos_embed' is unknown in a checkpoint of the kind 'official Swin'");
  CHECK(with("patch_embed.proj.weight", [](auto& tensor) {
          tensor.shape = {16, 6, 4, 4};
        }) == "a swin of a size that eev has no network for");
  CHECK(with("norm.bias", [](auto& tensor) { tensor.storage = "IntStorage"; }) ==
        "tensor 'norm.bias' is I32, expected F32, F16 or BF16");
  CHECK(with("norm.bias", [](auto& tensor) { tensor.bytes.replace(8, 4, from_hex("0000807f")); }) ==
        "tensor 'norm.bias' holds inf at index 2, expected finite numbers");
  CHECK(with("layers.0.blocks.1.attn.relative_position_index", [](auto& tensor) {
          tensor.bytes[8] = 1;
        }).starts_with("tensor 'layers.0.blocks.1.attn.relative_position_index' is 1 at [0, 1], expected"));
  CHECK(with("layers.2.blocks.1.attn_mask", [](auto& tensor) {
          tensor.bytes[3] = 1;
        }).starts_with("tensor 'layers.2.blocks.1.attn_mask' is "));

  auto parts = from_hugging_face();
  for (auto& tensor : parts)
    if (tensor.name.ends_with("0.blocks.0.attention.self.key.weight")) tensor.shape = {16, 64};
  CHECK(conversion_complaint(parts).find("is [16, 64], which does not go below") != std::string::npos);
  for (auto& tensor : parts)
    if (tensor.name.find("0.blocks.0.attention.self.") != tensor.name.npos &&
        tensor.name.ends_with(".weight"))
      tensor.shape = {std::numeric_limits<dim>::max(), 0}, tensor.bytes.clear();
  CHECK(conversion_complaint(parts).find("becomes layers.0.blocks.0.attn.qkv.weight") != std::string::npos);
  CHECK(conversion_complaint({float_tensor("conv1.weight", {1}, {1})}) ==
        "of no source that eev knows (official Swin, timm Swin, Hugging Face Swin, Cadene SE-ResNet, "
        "torchvision Inception, torchvggish, PyTorch head): its 1 "
        "tensors begin with 'conv1.weight'");
  CHECK(conversion_complaint({float_tensor("contextGate1.linear.weight", {1}, {1})})
            .starts_with("not a head: "));
}

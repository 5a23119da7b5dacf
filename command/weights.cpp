// In:  the names of weights files.  Out: the networks in them, checked to fit each other.
#include "weights.hpp"

#include <eev/features/vggish.hpp>
#include <eev/features/visual_network.hpp>
#include <eev/head/head_shape.hpp>
#include <eev/io/sha256.hpp>

#include "demo_bundle.hpp"
#include "failures.hpp"
#include "find_weights.hpp"

namespace eev::command {
namespace {

io::model_files open_demo() {
  return io::open_bundle(std::make_shared<const io::safetensors_file>(demo_name, demo_bundle()));
}

/// A backbone is the network that the user or a head names, else what its file's metadata say, else `usual`.
/// Its file is the one that `option` gives, else the one that is found by the name.
io::network_file open_backbone(std::string path, const std::string& named, const std::string& usual,
                               const char* option, const std::string& why) {
  if (path.empty()) path = find_weights(named.empty() ? usual : named, option, why);
  if (!named.empty()) return io::open_backbone(path, named);
  const bool tells = io::find_metadata(io::safetensors_file(path), "eev.network").has_value();
  return io::open_backbone(path, tells ? "" : usual);
}

/// What is wrong with a network is told with the name of its file.
template <class Check>
void check(const io::network_file& network, Check check) {
  try {
    check();
  } catch (const error& problem) {
    throw error(network.path() + ": " + problem.what());
  }
}

/// A head tells its sizes by its tensors, which must be those of the kind that its metadata name.
void check_head(const io::network_file& head) {
  const auto shape = head_shape_of([&](const std::string& name) { return head.source->shape_of(name); });
  const std::string kind = shape.experts > 0 ? "baseline" : "paper";
  const auto named = io::find_metadata(head.source->file(), "eev.head");
  require(!named || *named == kind, "holds a head of the kind '", kind,
          "', but its metadata 'eev.head' say '", named.value_or(""), "'");
}

/// That eev knows the networks.
io::model_files checked(io::model_files files) {
  check(files.visual, [&] { features::with_visual_shape(files.visual.name, [](const auto&) {}); });
  check(files.audio, [&] { features::find_vggish(files.audio.name); });
  for (const auto& head : files.heads) check(head, [&] { check_head(head); });
  return files;
}

/// Heads on two backbones.
io::model_files open_heads(const weights_options& options) {
  const io::safetensors_file first(options.weights[0]);
  const auto named = [&](const char* key) { return io::find_metadata(first, key).value_or(""); };
  const auto why = [&](const std::string& name, const char* kind) {
    return options.weights[0] + ": reads the " + kind + " rows of " + (name.empty() ? "a backbone" : name);
  };
  const std::string visual = options.visual.empty() ? named("eev.visual") : options.visual;
  const std::string audio = named("eev.audio");
  return io::open_model(
      open_backbone(options.visual_weights, visual, "swin-large", "--visual-weights", why(visual, "visual")),
      open_backbone(options.audio_weights, audio, "vggish", "--audio-weights", why(audio, "audio")),
      options.weights);
}

io::model_files find_model(const weights_options& options) {
  const bool backbones = !(options.visual + options.visual_weights + options.audio_weights).empty();
  if (options.weights.empty()) {
    if (backbones)
      throw usage_error("--visual, --visual-weights and --audio-weights need a head: --weights FILE");
    return open_demo();
  }
  int bundles = 0;
  for (const std::string& path : options.weights)
    bundles += io::is_bundle(io::safetensors_file(path)) ? 1 : 0;
  if (bundles == 0) return open_heads(options);
  if (options.weights.size() > 1) throw usage_error("--weights: a bundle is a whole model; name it alone");
  if (backbones)
    throw usage_error("--weights: " + options.weights[0] + " is a bundle, which has its own backbones");
  return io::open_bundle(options.weights[0]);
}

}  // namespace

io::model_files open_model(const weights_options& options) { return checked(find_model(options)); }

io::model_files open_backbones(const weights_options& options) {
  if ((options.visual + options.visual_weights + options.audio_weights).empty()) {
    auto files = open_demo();
    files.heads.clear();
    return files;
  }
  return checked({open_backbone(options.visual_weights, options.visual, "swin-large", "--visual-weights",
                                "visual features have no weights"),
                  open_backbone(options.audio_weights, "", "vggish", "--audio-weights",
                                "audio features have no weights"),
                  {},
                  ""});
}

std::string sha256_of(const io::network_file& network) {
  if (network.path() != demo_name) return io::sha256_of_file(network.path());
  io::sha256 hash(demo_name);
  hash.add(demo_bundle().data(), demo_bundle().size());
  return hash.digits();
}

std::string name_of(const io::model_files& files) {
  std::string name = files.visual.name + " + " + files.audio.name;
  for (const auto& head : files.heads) name += " + " + head.path();
  return name;
}

}  // namespace eev::command

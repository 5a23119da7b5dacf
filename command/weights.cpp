// In:  the names of weights files.  Out: the networks in them, checked to fit each other.
#include "weights.hpp"

#include <utility>

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

struct backbone_kind {
  std::string name, usual, option;
};
const backbone_kind visual_kind{"visual", "swin-large", "--visual-weights"},
    audio_kind{"audio", "vggish", "--audio-weights"};

/// A backbone is the network that the user or a head names, else what its file's metadata say, else the usual
/// one. Its file is `path`, or else found by the name; those of the demonstration are built in.
io::network_file open_backbone(std::string path, const backbone_kind& kind, const std::string& named,
                               const std::string& why) {
  if (path.empty()) {
    const auto demo = open_demo();
    for (const auto& built_in : {demo.visual, demo.audio})
      if (built_in.name == named) return built_in;
    path = find_weights(named.empty() ? kind.usual : named, kind.option, why);
  }
  if (!named.empty()) return io::open_backbone(path, kind.name, named);
  const io::safetensors_file file(path);
  const bool tells = io::is_bundle(file) || io::find_metadata(file, "eev.network");
  return io::open_backbone(path, kind.name, tells ? "" : kind.usual);
}

/// A head tells its sizes by its tensors, which must be those of the kind that its metadata name.
void check_head(const io::network_file& head) {
  const std::string kind = head_shape_in(*head.source).experts > 0 ? "baseline" : "paper";
  const auto named = io::find_metadata(head.source->file(), "eev.head");
  require(!named || *named == kind, head.path(), ": holds a head of the kind '", kind,
          "', but its metadata 'eev.head' say '", named.value_or(""), "'");
}

/// That eev knows the networks.
io::model_files checked(io::model_files files) {
  if (files.visual)
    naming(files.visual.path(), [&] { features::with_visual_shape(files.visual.name, [](const auto&) {}); });
  if (files.audio) naming(files.audio.path(), [&] { features::find_vggish(files.audio.name); });
  for (const auto& head : files.heads) check_head(head);
  return files;
}

/// Heads, and those backbones whose rows one of them reads.
io::model_files open_heads(const weights_options& options) {
  bool sees = false, hears = false;
  for (const std::string& path : options.weights) {
    const head_shape shape = head_shape_in(io::safetensors_source(path));
    sees |= shape.visual_units > 0, hears |= shape.audio_units > 0;
  }
  const io::safetensors_file first(options.weights[0]);
  const auto open = [&](const backbone_kind& kind, const std::string& path, std::string name) {
    if (name.empty()) name = io::find_metadata(first, "eev." + kind.name).value_or("");
    return open_backbone(
        path, kind, name,
        options.weights[0] + ": reads the " + kind.name + " rows of " + (name.empty() ? "a backbone" : name));
  };
  auto visual = sees ? open(visual_kind, options.visual_weights, options.visual) : io::network_file();
  auto audio = hears ? open(audio_kind, options.audio_weights, "") : io::network_file();
  return io::open_model(std::move(visual), std::move(audio), options.weights);
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
    files.note =
        "rows of the demonstration's networks; --visual, or --visual-weights, is for those of others";
    return files;
  }
  auto visual =
      open_backbone(options.visual_weights, visual_kind, options.visual, "visual features have no weights");
  auto audio = open_backbone(options.audio_weights, audio_kind, "", "audio features have no weights");
  return checked(io::open_model(std::move(visual), std::move(audio), {}));
}

std::string sha256_of(const io::network_file& network) {
  if (network.path() != demo_name) return io::sha256_of_file(network.path());
  io::sha256 hash(demo_name);
  hash.add(demo_bundle().data(), demo_bundle().size());
  return hash.digits();
}

std::string name_of(const io::model_files& files) {
  std::string name;
  const auto add = [&](const std::string& part) { name += (name.empty() ? "" : " + ") + part; };
  for (const auto& backbone : {files.visual, files.audio})
    if (backbone) add(backbone.name);
  for (const auto& head : files.heads) add(head.path());
  return name;
}

}  // namespace eev::command

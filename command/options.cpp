// In:  the command line.  Out: the options that predict and extract share.
#include "options.hpp"

#include <algorithm>
#include <limits>

#include <CLI/CLI.hpp>

#include <eev/features/vggish_pca_file.hpp>
#include <eev/features/visual_network.hpp>
#include <eev/io/decimal.hpp>

#include "failures.hpp"
#include "find_weights.hpp"

namespace eev::command {

namespace {

constexpr int longest_hop = 3600;  // seconds

/// What CLI11 tells of a text that is no number above 0 and at most `most`; "" if it is one.
std::string number_trouble(const std::string& text, int most) {
  const auto number = io::parse_number(text);
  if (number && *number > 0 && *number <= most) return "";
  return message("'", text, "' is not a number above 0 and at most ", most,
                 ", such as 6, 0.96 or 30000/1001");
}

/// Accepts cuda, cuda:N and these.
CLI::Validator cuda_or(std::vector<std::string> others) {
  const auto check = [others](std::string& name) -> std::string {
    if (gpu_named(name) || std::ranges::find(others, name) != others.end()) return "";
    std::string all;
    for (const std::string& other : others) all += other + ", ";
    return "'" + name + "' is none of " + all + "cuda, cuda:N";
  };
  return {check, ""};
}

}  // namespace

void add_number(CLI::App& app, const std::string& name, std::optional<rational>& number, int most,
                const std::string& help) {
  const auto take = [&number](const std::string& text) { number = io::parse_number(text); };
  auto* option = app.add_option_function<std::string>(name, take, help)->type_name("NUMBER");
  if (number) option->default_str(io::decimal(*number));
  option->check([most](const std::string& text) { return number_trouble(text, most); });
}

void add_backbone_options(CLI::App& app, weights_options& options) {
  app.add_option(
         "--visual", options.visual,
         "the network that the visual weights are of, where they do not say so themselves; if neither it "
         "nor any weights are given: the demonstration's networks, which are built in")
      ->check(CLI::IsMember(features::visual_network_names()));
  app.add_option("--visual-weights", options.visual_weights,
                 "safetensors file of the visual network; else NAME.safetensors in $EEV_WEIGHTS, weights/ or "
                 "~/.cache/eev")
      ->type_name("FILE");
  app.add_option("--audio-weights", options.audio_weights, "the same of the audio network")
      ->type_name("FILE");
}

std::optional<int> gpu_named(const std::string& text) {
  if (text == "cuda") return 0;
  const bool numbered = text.starts_with("cuda:") && text.size() > 5 && text.size() < 9 &&
                        text.find_first_not_of("0123456789", 5) == text.npos;
  return numbered ? std::optional(std::stoi(text.substr(5))) : std::nullopt;
}

void add_quiet_option(CLI::App& app, bool& quiet, const std::string& help) {
  app.add_flag("--quiet", quiet, help);
}

void add_quiet_option(CLI::App& app) { app.add_flag("--quiet")->description("errors alone are told"); }

void add_device_options(CLI::App& app, device_options& options) {
  app.add_option("--device", options.device, "auto, cpu, cuda, cuda:N, or reference: the slow specification")
      ->capture_default_str()
      ->check(cuda_or({"auto", "cpu", "reference"}));
  app.add_option("--precision", options.precision,
                 "auto, fp32 or bf16; auto is bf16 where the hardware multiplies it natively")
      ->capture_default_str()
      ->check(CLI::IsMember({"auto", "fp32", "bf16"}));
  app.add_option("--threads", options.threads, "threads of the CPU; one a core if not given")
      ->check(CLI::Range(1, 1024));
  add_quiet_option(app, options.quiet,
                   "neither progress nor warnings; errors and what must be known of the weights are told");
}

const std::vector<row_option>& row_options() {
  static const std::vector<row_option> options{
      {"--resize",
       "eev.resize",
       "stretch",
       {"stretch", "crop"},
       "stretch a frame to the square that the visual network looks at (224x224, Inception 299x299), or "
       "crop: its shorter side to 8/7 of the square's, then the middle"},
      {"--visual-normalize", "eev.visual_normalize", "none", {"none", "l2"}, "l2: visual rows of length 1"},
      {"--audio-hop",
       "eev.audio_hop",
       "",
       {},
       "seconds from one audio row to the next, such as 0.96; else as the visual rows"},
      {"--audio-relu", "eev.audio_relu", "on", {"on", "off"}, "VGGish's last ReLU"},
      {"--audio-frames",
       "eev.audio_frames",
       "96",
       {"94", "96"},
       "spectrogram frames of an audio row: 96, or 94 as the paper"},
      {"--audio-pca",
       "eev.audio_pca",
       "none",
       {"none", "round", "truncate"},
       "AudioSet's post-processor of VGGish: whitened audio rows of whole numbers from 0 to 255, rounded as "
       "torchvggish does or cut off as AudioSet's code does"}};
  return options;
}

std::optional<std::string> row_option::value_of(const std::string& text) const {
  const bool seconds = values.empty();
  const bool good =
      seconds ? number_trouble(text, longest_hop).empty() : std::ranges::find(values, text) != values.end();
  if (!good) return std::nullopt;
  return seconds ? io::decimal(*io::parse_number(text)) : text;
}

void add_stream_options(CLI::App& app, stream_options& options) {
  const CLI::Range index(std::numeric_limits<int>::max());
  app.add_option("--video-stream", options.video,
                 "index of the video stream in the file; else the lowest-numbered")
      ->check(index);
  app.add_option("--audio-stream", options.audio,
                 "index of the audio stream in the file; else the lowest-numbered")
      ->check(index);
  app.add_option("--decode", options.decode,
                 "cpu, or cuda or cuda:N: by that GPU's decoder (NVDEC), and by the CPU what it cannot")
      ->capture_default_str()
      ->check(cuda_or({"cpu"}));
  for (const row_option& option : row_options()) {
    const auto take = [&rows = options.rows, key = option.key](const std::string& text) { rows[key] = text; };
    auto* added = app.add_option_function<std::string>(option.name, take, option.help);
    if (option.values.empty())
      added->type_name("NUMBER")->check(
          [](const std::string& text) { return number_trouble(text, longest_hop); });
    else
      added->default_str(option.usual)->check(CLI::IsMember(option.values));
  }
  app.add_option("--audio-pca-weights", options.audio_pca_weights,
                 "its parameters; else vggish_pca_params.npz in $EEV_WEIGHTS, weights/ or ~/.cache/eev")
      ->type_name("FILE");
}

const std::string& stream_options::row(const std::string& key) const {
  const auto said = rows.find(key);
  return said != rows.end() ? said->second : std::ranges::find(row_options(), key, &row_option::key)->usual;
}

std::string stream_options::audio_pca_file() const {
  if (!audio_pca_weights.empty()) return audio_pca_weights;
  return find_weights("vggish-pca", "--audio-pca-weights",
                      "--audio-pca " + row("eev.audio_pca") + " computes with AudioSet's parameters",
                      "vggish_pca_params.npz");
}

features::extraction_options stream_options::extraction(rational rate) const {
  features::extraction_options wanted;
  wanted.rate = rate;
  wanted.resize =
      row("eev.resize") == "crop" ? features::frame_resize::crop : features::frame_resize::stretch;
  wanted.normalise_visual = row("eev.visual_normalize") == "l2";
  if (const auto& hop = row("eev.audio_hop"); !hop.empty())
    wanted.audio_rate = rational(1) / *io::parse_number(hop);
  wanted.audio_relu = row("eev.audio_relu") == "on";
  wanted.audio_frames = row("eev.audio_frames") == "94" ? 94 : 96;
  if (const auto& pca = row("eev.audio_pca"); pca != "none") {
    wanted.audio_pca = features::read_vggish_pca(audio_pca_file());
    wanted.audio_quantisation =
        pca == "round" ? features::pca_quantisation::round : features::pca_quantisation::truncate;
  } else if (!audio_pca_weights.empty()) {
    throw usage_error("--audio-pca-weights needs --audio-pca round or truncate");
  }
  return wanted;
}

}  // namespace eev::command

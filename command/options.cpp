// In:  the command line.  Out: the options that predict and extract share.
#include "options.hpp"

#include <algorithm>

#include <CLI/CLI.hpp>

#include <eev/features/vggish_pca_file.hpp>
#include <eev/io/decimal.hpp>

#include "failures.hpp"
#include "find_weights.hpp"

namespace eev::command {

void add_number(CLI::App& app, const std::string& name, std::optional<rational>& number, int most,
                const std::string& help) {
  const auto take = [&number, name, most](const std::string& text) {
    number = io::parse_number(text);
    if (!number || *number <= 0 || *number > most)
      throw CLI::ValidationError(name, message("'", text, "' is not a number above 0 and at most ", most,
                                               ", such as 6, 0.96 or 30000/1001"));
  };
  auto* option = app.add_option_function<std::string>(name, take, help)->type_name("NUMBER");
  if (number) option->default_str(io::decimal(*number));
}

void add_backbone_options(CLI::App& app, weights_options& options) {
  app.add_option("--visual", options.visual,
                 "the network that the visual weights are of (swin-tiny, swin-small, swin-base, swin-large, "
                 "se-resnet50, se-resnext101-32x4d, inception-v3), where they do not say so themselves");
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

namespace {

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

void add_quiet_option(CLI::App& app, bool& quiet, const std::string& help) {
  app.add_flag("--quiet", quiet, help);
}

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

void add_stream_options(CLI::App& app, stream_options& options) {
  const auto choice = [&](const char* name, std::string& value, std::vector<std::string> values,
                          const char* help) {
    app.add_option(name, value, help)->capture_default_str()->check(CLI::IsMember(std::move(values)));
  };
  app.add_option("--video-stream", options.video,
                 "index of the video stream in the file; else the lowest-numbered")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--audio-stream", options.audio,
                 "index of the audio stream in the file; else the lowest-numbered")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--decode", options.decode,
                 "cpu, or cuda or cuda:N: by that GPU's decoder (NVDEC), and by the CPU what it cannot")
      ->capture_default_str()
      ->check(cuda_or({"cpu"}));
  choice("--resize", options.resize, {"stretch", "crop"},
         "stretch a frame to the square that the visual network looks at (224x224, Inception 299x299), or "
         "crop: its "
         "shorter side to 8/7 of the square's, then the middle");
  choice("--visual-normalize", options.visual_normalize, {"none", "l2"}, "l2: visual rows of length 1");
  add_number(app, "--audio-hop", options.audio_hop, 3600,
             "seconds from one audio row to the next, such as 0.96; else as the visual rows");
  choice("--audio-relu", options.audio_relu, {"on", "off"}, "VGGish's last ReLU");
  app.add_option("--audio-frames", options.audio_frames,
                 "spectrogram frames of an audio row: 96, or 94 as the paper")
      ->capture_default_str()
      ->check(CLI::IsMember({94, 96}));
  choice(
      "--audio-pca", options.audio_pca, {"none", "round", "truncate"},
      "AudioSet's post-processor of VGGish: whitened audio rows of whole numbers from 0 to 255, rounded as "
      "torchvggish does or cut off as AudioSet's code does");
  app.add_option("--audio-pca-weights", options.audio_pca_weights,
                 "its parameters; else vggish_pca_params.npz in $EEV_WEIGHTS, weights/ or ~/.cache/eev")
      ->type_name("FILE");
}

std::string stream_options::audio_pca_file() const {
  if (!audio_pca_weights.empty()) return audio_pca_weights;
  return find_weights("vggish-pca", "--audio-pca-weights",
                      "--audio-pca " + audio_pca + " computes with AudioSet's parameters",
                      "vggish_pca_params.npz");
}

features::extraction_options stream_options::extraction(rational rate) const {
  features::extraction_options wanted;
  wanted.rate = rate;
  wanted.resize = resize == "crop" ? features::frame_resize::crop : features::frame_resize::stretch;
  wanted.normalise_visual = visual_normalize == "l2";
  if (audio_hop) wanted.audio_rate = rational(1) / *audio_hop;
  wanted.audio_relu = audio_relu == "on";
  wanted.audio_frames = audio_frames;
  if (audio_pca != "none") {
    wanted.audio_pca = features::read_vggish_pca(audio_pca_file());
    wanted.audio_quantisation =
        audio_pca == "round" ? features::pca_quantisation::round : features::pca_quantisation::truncate;
  } else if (!audio_pca_weights.empty()) {
    throw usage_error("--audio-pca-weights needs --audio-pca round or truncate");
  }
  return wanted;
}

}  // namespace eev::command

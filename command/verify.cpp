// In:  a published checkpoint.  Out: whether its network computes what is published of it, line by line.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <numbers>
#include <numeric>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include <eev/features/vggish_pca_file.hpp>
#include <eev/media/video_file.hpp>

#include "console.hpp"
#include "convert_checkpoint.hpp"
#include "engine.hpp"
#include "failures.hpp"
#include "find_weights.hpp"
#include "output.hpp"
#include "subcommands.hpp"
#include "weights.hpp"

namespace eev::command {
namespace {

struct verify_options {
  std::string checkpoint, audio_pca_weights, image, expect, classes;
  device_options device{.precision = "fp32"};
};

/// What came of the checks, a line each.
class findings {
 public:
  void tell(const std::string& text) { lines_ += one_line(text) + "\n"; }
  void check(bool passed, const std::string& what) {
    tell((passed ? "passed   " : "FAILED   ") + what);
    failed_ = failed_ || !passed;
  }

  const std::string& lines() const { return lines_; }
  int status() const { return failed_ ? some_failed : all_done; }

 private:
  std::string lines_;
  bool failed_ = false;
};

std::filesystem::path temporary_folder() {
  std::error_code problem;
  const auto folder = std::filesystem::temp_directory_path(problem);
  require(!problem, "no folder for a temporary file (TMPDIR, or else /tmp): ", problem.message());
  return folder;
}

/// The checkpoint as `eev convert` makes it, for as long as this lives.
class converted_copy {
 public:
  explicit converted_copy(const std::string& checkpoint)
      : path_(temporary_folder() / message("eev-verify-", ::getpid(), ".safetensors")) {
    std::string report;
    convert_checkpoint(checkpoint, path_, "F32", report);
  }
  ~converted_copy() { ::unlink(path_.c_str()); }
  converted_copy(const converted_copy&) = delete;
  converted_copy& operator=(const converted_copy&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string digits(double value, int significant) {
  char text[32];
  return {text, std::size_t(std::snprintf(text, sizeof text, "%.*g", significant, value))};
}

// ---- VGGish ----

/// A number that is published, within a tenth of itself.
void check_number(findings& findings, const std::string& what, double found, double published) {
  findings.check(std::abs(found - published) <= 0.1 * published,
                 message(what, ": ", digits(found, 3), ", published ", digits(published, 3), " +- 10 %"));
}

void check_mean_and_deviation(findings& findings, const std::string& of, view<const float, 2> values,
                              double published_mean, double published_deviation) {
  double sum = 0, squares = 0;
  for (const float value : values) sum += value;
  const double mean = sum / double(values.size());
  for (const float value : values) squares += (value - mean) * (value - mean);
  check_number(findings, "mean of " + of, mean, published_mean);
  check_number(findings, "deviation of " + of, std::sqrt(squares / double(values.size())),
               published_deviation);
}

/// The parameters of the post-processor, or nothing, which is told, if nobody names them and none are found.
std::string find_pca(findings& findings, const verify_options& options) try {
  if (!options.audio_pca_weights.empty()) return options.audio_pca_weights;
  return find_weights("vggish-pca", "--audio-pca-weights",
                      "what the post-processor makes of them is not checked", "vggish_pca_params.npz");
} catch (const error& missing) {
  findings.tell(message("skipped  ", missing.what()));
  return "";
}

/// AudioSet's vggish_smoke_test.py, of 2023: three rows of a sine of 1 kHz at 16 kHz, without the last ReLU.
void check_vggish(findings& findings, const io::network_file& vggish, const verify_options& options) {
  constexpr dim seconds = 3, rows = 3, side = 8;
  std::vector<float> samples(seconds * video::sample_rate);
  for (std::size_t n = 0; n < samples.size(); ++n)
    samples[n] = float(std::sin(2 * std::numbers::pi * 1000 * double(n) / video::sample_rate));
  const std::vector<std::uint8_t> black(seconds * side * side * 3);  // its features are not looked at
  memory_video sine({black.data(), {seconds, side, side, 3}}, samples);

  auto files = open_backbones({});
  files.audio = vggish;
  features::extraction_options extraction;
  extraction.audio_rate = features::vggish_rate;
  extraction.audio_relu = false;
  const auto made = make_extractor(files, options.device, extraction)(sine);
  const auto heard = made.audio.tensor().slices(0, rows);  // without the last one, which is mostly silence
  check_mean_and_deviation(findings, "the features of a sine", heard, 0.000657, 0.343);

  const std::string parameters = find_pca(findings, options);
  if (parameters.empty()) return;
  table levels(heard.shape[1], rows);
  features::read_vggish_pca(parameters)(levels.tensor(), heard, features::pca_quantisation::truncate);
  check_mean_and_deviation(findings, "the same, post-processed", std::as_const(levels).tensor(), 126.0, 89.3);
}

// ---- visual networks ----

/// The names of the classes, one a line; none if no file is named.
std::vector<std::string> read_classes(const std::string& path, dim count) {
  std::vector<std::string> names;
  if (path.empty()) return names;
  std::ifstream file(path);
  require(file.is_open(), path, ": cannot be opened");
  for (std::string line; std::getline(file, line);) names.push_back(line);
  require(dim(names.size()) == count, path, ": ", names.size(), " lines, expected one for each of the ",
          count, " classes of the checkpoint");
  return names;
}

/// The softmax of what the classifier makes of one row of features.
std::vector<double> probabilities(const linear_classifier& classifier, view<const float, 1> row) {
  std::vector<double> values(classifier.bias.begin(), classifier.bias.end());
  for (std::size_t n = 0; n < values.size(); ++n)
    for (dim k = 0; k < row.size(); ++k)
      values[n] += double(classifier.weight[n * std::size_t(row.size()) + std::size_t(k)]) * row(k);
  const double largest = std::ranges::max(values);
  for (double& value : values) value = std::exp(value - largest);
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  for (double& value : values) value /= sum;
  return values;
}

/// The checkpoint's own classifier must have the class that is expected of a picture among its five
/// likeliest.
void check_visual(findings& findings, const io::network_file& network, const verify_options& options) {
  const auto classifier = read_classifier(options.checkpoint);
  auto files = open_backbones({});
  files.visual = network;
  features::extraction_options extraction;
  extraction.resize = features::frame_resize::crop;  // as its authors measure it
  media::video_file picture(options.image);
  const auto made = make_extractor(files, options.device, extraction)(picture);
  const auto row = made.visual.tensor()[0];
  require(classifier.weight.size() == classifier.bias.size() * std::size_t(row.size()), options.checkpoint,
          ": its classifier reads rows of ", classifier.weight.size() / classifier.bias.size(), ", but ",
          network.name, " makes rows of ", row.size());
  const auto likely = probabilities(classifier, row);
  const auto names = read_classes(options.classes, dim(likely.size()));

  constexpr std::size_t shown = 5;
  std::vector<std::size_t> order(likely.size());
  std::iota(order.begin(), order.end(), 0);
  const std::size_t best = std::min(shown, order.size());
  std::ranges::partial_sort(order, order.begin() + std::ptrdiff_t(best), std::ranges::greater(),
                            [&](std::size_t n) { return likely[n]; });
  bool found = false;
  for (std::size_t place = 0; place < best; ++place) {
    const std::size_t n = order[place];
    const std::string name = names.empty() ? "" : names[n];
    findings.tell(message("         ", digits(likely[n], 3), "  class ", n, name.empty() ? "" : " ", name));
    found = found || options.expect == std::to_string(n) || (!name.empty() && options.expect == name);
  }
  findings.check(found, message("class ", options.expect, " is one of the ", best, " likeliest of ",
                                likely.size(), " for ", options.image));
}

findings verify(const verify_options& options) {
  findings findings;
  const converted_copy copy(options.checkpoint);
  const auto source = std::make_shared<io::safetensors_source>(copy.path());
  const io::network_file network{io::find_metadata(source->file(), "eev.network").value_or(""), source};
  findings.tell(message(options.checkpoint, ": ",
                        io::find_metadata(network.source->file(), "eev.source").value_or(""), ", ",
                        network.name));
  require(!network.name.starts_with("head"), options.checkpoint,
          ": a head, of which no numbers are published");
  const bool heard = network.name.starts_with("vggish");
  if (heard != options.image.empty())
    throw usage_error(
        options.checkpoint + ": holds " + network.name +
        (heard ? ", which looks at no --image" : "; --image and --expect name a picture and its class"));
  heard ? check_vggish(findings, network, options) : check_visual(findings, network, options);
  return findings;
}

}  // namespace

void add_verify(CLI::App& program, int& status) {
  auto options = std::make_shared<verify_options>();
  CLI::App& app = *program.add_subcommand(
      "verify", "Whether a published checkpoint computes what is published of it: passed or FAILED");
  app.add_option("CHECKPOINT", options->checkpoint,
                 "a visual network with its classifier, or VGGish, as `eev convert` takes them")
      ->type_name("")
      ->required();
  auto* image =
      app.add_option("--image", options->image,
                     "picture that a visual network classifies, cropped as for its authors' figures")
          ->type_name("FILE");
  auto* expect =
      app.add_option(
             "--expect", options->expect,
             "the class that must be one of the five likeliest: its number, from 0, or its line in --classes")
          ->type_name("CLASS");
  image->needs(expect), expect->needs(image);
  app.add_option("--classes", options->classes, "names of the classes, one a line")
      ->type_name("FILE")
      ->needs(image);
  app.add_option(
         "--audio-pca-weights", options->audio_pca_weights,
         "the parameters of VGGish's post-processor; else vggish_pca_params.npz in $EEV_WEIGHTS, weights/ or "
         "~/.cache/eev")
      ->type_name("FILE");
  add_device_options(app, options->device);
  app.callback([options, &status] {
    console console(options->device.quiet);
    options->device = choose_device(options->device, console).device;
    const auto found = verify(*options);
    output out("-");
    out.write(found.lines());
    out.commit();
    status = found.status();
  });
}

}  // namespace eev::command

// In:  videos.  Out: their fifteen curves.
#include <filesystem>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>

#include "batch.hpp"
#include "curve_writers.hpp"
#include "engine.hpp"
#include "failures.hpp"
#include "html_report.hpp"
#include "learned_rows.hpp"
#include "subcommands.hpp"
#include "weights.hpp"

namespace eev::command {
namespace {

struct predict_options {
  std::vector<std::string> videos;
  std::string output = "-", format = "csv", report;
  std::optional<rational> rate = 6;
  weights_options weights;
  stream_options streams;
  device_options device;
};

std::unique_ptr<curve_writer> make_writer(const predict_options& options, output& out,
                                          const io::model_files& files) {
  if (options.format == "json") return make_json_writer(out, name_of(files), files.note);
  return make_csv_writer(out, options.format == "eev" ? csv_spelling::eev : csv_spelling::csv);
}

/// A writer and what it writes to.
struct page {
  output out;
  std::unique_ptr<curve_writer> writer;

  page(const std::string& path, const io::model_files& files)
      : out(path), writer(make_html_writer(out, {name_of(files), files.note})) {}
};

/// Nothing that is read or written is to be written over.
void require_different_files(const predict_options& options, const std::vector<input>& inputs) {
  if (is_same_file(options.report, options.output))
    throw usage_error("--report and --output both name " + options.output);
  const weights_options& weights = options.weights;
  std::vector<std::string> read = weights.weights;
  for (const std::string& path :
       {weights.visual_weights, weights.audio_weights, options.streams.audio_pca_weights})
    read.push_back(path);
  for (const input& input : inputs) read.push_back(input.path);
  require_not_read("--output", options.output, read);
  require_not_read("--report", options.report, read);
}

int predict(const predict_options& options) {
  const rational frame_rate = 1;
  const auto inputs = find_inputs(options.videos, false);
  require_different_files(options, inputs);
  console console(options.device.quiet);
  const auto files = open_model(options.weights);
  const auto streams = rows_for(files, options.streams);
  const auto extraction = streams.extraction(frame_rate);
  const auto predict_video =
      on_device(choose_device(options.device, console), console,
                [&](const auto& device) { return make_predictor(files, device, extraction); });
  if (!files.note.empty()) console.caution(files.note);

  output out(options.output);
  const auto writer = make_writer(options, out, files);
  std::optional<page> report;
  if (!options.report.empty()) report.emplace(options.report, files);
  batch batch(console, inputs, streams, frame_rate);
  for (const input& input : inputs) {
    if (!out.is_read() && !report) break;
    curves found;
    bool has_sound = false;
    const bool good = batch.run(input, [&](video& video) {
      found = predict_video(video, *options.rate);
      has_sound = video.has_sound();
    });
    if (!good) continue;
    const curve_of_video curve{input.id, input.path, found.scores, found.rate, found.duration, has_sound};
    writer->add(curve);
    if (report) report->writer->add(curve);
  }
  if (batch.status() != nothing_done) {
    writer->finish();
    if (report) {
      report->writer->finish();
      report->out.commit();
    }
    out.commit();
  }
  return batch.status();
}

}  // namespace

void add_predict(CLI::App& program, int& status) {
  auto options = std::make_shared<predict_options>();
  CLI::App& app =
      *program.add_subcommand("predict", "From videos to fifteen curves of what their viewers feel");
  app.add_option(
         "VIDEO", options->videos,
         message(
             "video files, PNG or JPEG images (videos of one second), or folders, which are searched for ",
             media_extensions))
      ->type_name("")
      ->required();
  app.add_option(
         "--weights", options->weights.weights,
         "safetensors file of a head, or of a whole model (a bundle); several heads are averaged; if not "
         "given: the demonstration that is built in. What a head says of the rows that it has learned from "
         "takes the place of the defaults below, from --resize to --audio-pca")
      ->allow_extra_args(false)
      ->type_name("FILE");
  add_backbone_options(app, options->weights);
  app.add_option("--output", options->output, "file for the curves, - for stdout")
      ->type_name("FILE")
      ->capture_default_str();
  add_number(app, "--rate", options->rate, 1000, "rows a second");
  app.add_option("--format", options->format,
                 "csv; eev: the challenge's submission file, times in microseconds; json")
      ->capture_default_str()
      ->check(CLI::IsMember({"csv", "eev", "json"}));
  app.add_option("--report", options->report, "page that shows the curves, one file without need of others")
      ->type_name("FILE.html");
  add_stream_options(app, options->streams);
  add_device_options(app, options->device);
  app.callback([options, &status] { status = predict(*options); });
}

}  // namespace eev::command

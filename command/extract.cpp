// In:  videos.  Out: a file of features of each, and a report.
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>

#include <eev/io/atomic_file.hpp>
#include <eev/io/decimal.hpp>

#include "batch.hpp"
#include "csv.hpp"
#include "engine.hpp"
#include "failures.hpp"
#include "feature_file.hpp"
#include "output.hpp"
#include "subcommands.hpp"
#include "weights.hpp"

namespace eev::command {
namespace {

struct extract_options {
  std::vector<std::string> videos;
  std::string output;
  std::optional<shard> part;
  std::optional<rational> rate = 1;
  weights_options weights;
  stream_options streams;
  device_options device;
};

/// A row for each input.
class extract_report {
 public:
  /// Throws if it cannot be written: better before all the work than after it.
  explicit extract_report(const std::string& path) : path_(path) { const io::atomic_file probe(path); }

  void add(const input& input, const char* status, const std::string& reason, const std::string& seconds) {
    rows_ += csv_field(input.id) + "," + csv_field(input.path) + "," + status + "," + csv_field(reason) +
             "," + seconds + "\n";
  }

  void write() const {
    io::atomic_file file(path_);
    file.write("id,source,status,reason,seconds\n" + rows_);
    file.commit();
  }

 private:
  std::string path_, rows_;
};

int extract(const extract_options& options) {
  const shard part = options.part.value_or(shard());
  const auto inputs = part.of(find_inputs(options.videos, true));
  console console(options.device.quiet);
  const auto extraction = options.streams.extraction(*options.rate);
  const auto files = open_backbones(options.weights);
  const auto [extract_video, precision] =
      on_device(choose_device(options.device, console), console, [&](const auto& device) {
        return std::pair(make_extractor(files, device, extraction), precision_on(device));
      });
  const auto common = describe_extraction(extraction, options.streams, precision, files);
  if (!files.note.empty()) console.caution(files.note);

  make_folder(options.output);
  extract_report report(options.output + (options.part
                                              ? message("/report-", part.index, "-of-", part.count, ".csv")
                                              : "/report.csv"));
  batch batch(console, inputs, options.streams, *options.rate);
  int skipped = 0;
  for (const input& input : inputs) {
    const std::string path = options.output + "/" + input.id + ".safetensors";
    if (const auto done_before = find_same_features(path, common, input)) {
      batch.skip(input);
      report.add(input, "skipped", "", *done_before);
      ++skipped;
      continue;
    }
    std::string duration;
    const bool good = batch.run(input, [&](video& video) {
      const auto source = describe_source(common, input);
      const auto rows = extract_video(video);
      write_features(path, source, rows);
      duration = io::decimal(rows.duration);
    });
    report.add(input, good ? "done" : "failed", batch.failure(), duration);
  }
  report.write();
  if (skipped > 0)
    console.note(message(skipped, " of ", inputs.size(), " had been done before and were skipped"));
  return batch.status();
}

}  // namespace

void add_extract(CLI::App& program, int& status) {
  auto options = std::make_shared<extract_options>();
  CLI::App& app =
      *program.add_subcommand("extract", "From videos to files of features, which a head is trained on");
  app.add_option(
         "VIDEO", options->videos,
         message("video files, PNG or JPEG images (videos of one second), LIST.txt (one path a line), or "
                 "folders, which are searched for ",
                 media_extensions))
      ->type_name("")
      ->required();
  app.add_option(
         "--output", options->output,
         "folder for ID.safetensors of each video and report.csv; what is there already, of the same source, "
         "options and weights, is skipped")
      ->type_name("DIR")
      ->required();
  add_backbone_options(app, options->weights);
  add_number(app, "--rate", options->rate, 1000, "visual rows a second");
  app.add_option_function<std::string>(
         "--shard", [options](const std::string& text) { options->part = parse_shard(text); },
         "only the part I of N (I from 0), with report-I-of-N.csv")
      ->type_name("I/N");
  add_stream_options(app, options->streams);
  add_device_options(app, options->device);
  app.callback([options, &status] { status = extract(*options); });
}

}  // namespace eev::command

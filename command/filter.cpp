// In:  labels.  Out: the same, smoothed, and how much is left of them.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <eev/clips/sample_labels.hpp>
#include <eev/curve/interpolate.hpp>
#include <eev/curve/label_filters.hpp>
#include <eev/curve/score.hpp>
#include <eev/io/eev_csv.hpp>

#include "console.hpp"
#include "curve_writers.hpp"
#include "failures.hpp"
#include "options.hpp"
#include "output.hpp"
#include "score_text.hpp"
#include "signals.hpp"
#include "subcommands.hpp"

namespace eev::command {
namespace {

struct filter_options {
  std::string labels, filter, output = "-", format = "csv";
  bool quiet = false;
};

int filter(const filter_options& options) {
  const auto which = curve::find_label_filter(options.filter);
  console console(options.quiet);
  io::eev_csv labels(options.labels);
  output out(options.output);
  const auto writer = make_csv_writer(out, options.format == "eev" ? csv_spelling::eev : csv_spelling::csv);
  curve::scorer scorer;
  for (io::video_rows video; labels.next(video);) {
    stop_if_interrupted();
    // Filters are for labels at 1 Hz, the rate of training.
    table sparse(video.scores.columns(), clips::labelled_steps(video.rows())), dense = video.scores;
    clips::sample_labels(sparse.tensor(), video.scores.tensor());
    if (curve::filter_labels(which, sparse.tensor()))
      curve::interpolate(dense.tensor(), sparse.tensor(), clips::label_rate);
    else
      console.warning(message(options.labels, ": video '", video.id, "' has ", sparse.rows(),
                              " seconds, fewer than ", curve::filter_padding + 1, ": left as it is"));
    scorer.add_labels(video.id, video.microseconds, video.scores.tensor());
    scorer.add_predictions(video.id, video.microseconds, dense.tensor());
    writer->add({.id = video.id, .source = options.labels, .scores = dense, .rate = clips::label_rate});
  }
  writer->finish();
  out.commit();
  tell_beside(options.output, "correlation with the original labels\n" + score_table(scorer.result()),
              options.quiet);
  return all_done;
}

}  // namespace

void add_filter(CLI::App& program, int& status) {
  auto options = std::make_shared<filter_options>();
  CLI::App& app = *program.add_subcommand("filter", "Labels without their fast changes");
  app.add_option("LABELS", options->labels, "CSV of labels, as EEV publishes them")
      ->type_name("")
      ->required();
  app.add_option("--filter", options->filter,
                 "butterworth, median or gaussian, on the labels of whole seconds, between which the result "
                 "is interpolated; or none")
      ->type_name("NAME")
      ->required()
      ->check(CLI::IsMember(
          std::vector<std::string>(curve::label_filter_names.begin(), curve::label_filter_names.end())));
  app.add_option("--output", options->output,
                 "file for the labels, - for stdout; the correlation with the originals goes to stdout, or "
                 "where that is taken and not --quiet, to stderr")
      ->type_name("FILE")
      ->capture_default_str();
  app.add_option("--format", options->format, "csv, or eev: the challenge's, times in microseconds")
      ->capture_default_str()
      ->check(CLI::IsMember({"csv", "eev"}));
  add_quiet_option(app, options->quiet);
  app.callback([options, &status] { status = filter(*options); });
}

}  // namespace eev::command

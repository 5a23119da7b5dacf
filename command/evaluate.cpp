// In:  predictions and labels.  Out: how well they go together.
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include <eev/curve/score.hpp>
#include <eev/io/eev_csv.hpp>

#include "console.hpp"
#include "failures.hpp"
#include "options.hpp"
#include "output.hpp"
#include "score_text.hpp"
#include "signals.hpp"
#include "subcommands.hpp"

namespace eev::command {
namespace {

struct evaluate_options {
  std::string predictions, labels, output = "-", format = "table", constant = "zero";
  bool quiet = false;
};

curve::score_rules rules_of(const std::string& constant) {
  return {.constant = constant == "skip"        ? curve::constant_curve::skip
                      : constant == "minus-one" ? curve::constant_curve::minus_one
                                                : curve::constant_curve::zero};
}

/// The header that EEV publishes says milliseconds, which its times are not.
void require_microseconds(const std::string& path, const io::video_rows& video) {
  constexpr std::int64_t shortest_step = 10'000;  // labels come every 166'667
  const std::int64_t span = video.microseconds.back() - video.microseconds.front();
  require(span >= shortest_step * (video.rows() - 1), path, ": the ", video.rows(), " rows of video '",
          video.id, "' are all within ", span, " us; expected about 6 a second, their times in microseconds");
}

int evaluate(const evaluate_options& options) {
  require_not_read("--output", options.output, {options.predictions, options.labels});
  console console(options.quiet);
  curve::scorer scorer(rules_of(options.constant));
  io::eev_csv labels(options.labels, io::scored_label_rules);
  for (io::video_rows video; labels.next(video);) {
    stop_if_interrupted();
    require_microseconds(options.labels, video);
    scorer.add_labels(video.id, video.microseconds, video.scores.tensor());
  }
  io::eev_csv predictions(options.predictions, io::prediction_rules);
  for (io::video_rows video; predictions.next(video);) {
    stop_if_interrupted();
    scorer.add_predictions(video.id, video.microseconds, video.scores.tensor());
  }

  const curve::score score = scorer.result();
  for (const auto& [id, missing, rows] : score.gaps)
    console.error(message(options.predictions, ": no prediction of ",
                          missing == rows ? message("video '", id, "'")
                                          : message(missing, " of the ", rows, " rows of video '", id, "'"),
                          " in ", options.labels));
  const auto tell_ignored = [&](dim rows, const char* where) {
    if (rows > 0)
      console.note(message(options.predictions, ": ", rows, rows == 1 ? " row is " : " rows are ", where,
                           " of ", options.labels, " and ignored"));
  };
  tell_ignored(score.in_no_video, "in no video");
  tell_ignored(score.extra_predictions - score.in_no_video, "between or beyond the rows of the videos");
  require(score.videos > 0, options.predictions, ": predicts none of the videos in ", options.labels);
  output out(options.output);
  out.write(options.format == "json" ? score_json(score, options.constant) : score_table(score));
  out.commit();
  return score.gaps.empty() ? all_done : some_failed;
}

}  // namespace

void add_evaluate(CLI::App& program, int& status) {
  auto options = std::make_shared<evaluate_options>();
  CLI::App& app = *program.add_subcommand("evaluate", "The score of predictions: Pearson's r with labels");
  app.add_option("PREDICTIONS", options->predictions, "CSV of curves, as predict or the challenge write them")
      ->type_name("")
      ->required();
  app.add_option("LABELS", options->labels, "CSV of labels, as EEV publishes them")
      ->type_name("")
      ->required();
  app.add_option("--output", options->output, "file for the score, - for stdout")
      ->type_name("FILE")
      ->capture_default_str();
  app.add_option("--format", options->format, "table or json")
      ->capture_default_str()
      ->check(CLI::IsMember({"table", "json"}));
  app.add_option("--constant", options->constant,
                 "what a curve that never changes scores: zero, minus-one, or skip")
      ->capture_default_str()
      ->check(CLI::IsMember({"zero", "minus-one", "skip"}));
  add_quiet_option(app, options->quiet);
  app.callback([options, &status] { status = evaluate(*options); });
}

}  // namespace eev::command

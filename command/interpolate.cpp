// In:  a CSV of curves.  Out: the same curves at another rate, or of other lengths.
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include <eev/curve/interpolate.hpp>
#include <eev/io/eev_csv.hpp>

#include "console.hpp"
#include "curve_writers.hpp"
#include "failures.hpp"
#include "options.hpp"
#include "output.hpp"
#include "signals.hpp"
#include "subcommands.hpp"

namespace eev::command {
namespace {

struct interpolate_options {
  std::string input, output = "-", like, format = "csv";
  std::optional<rational> rate = 6, input_rate = 1;
  bool quiet = false;
};

/// The rows that each video of a file has, which may be without scores.
std::map<std::string, dim> count_rows(const std::string& path, rational rate) {
  std::map<std::string, dim> rows;
  io::eev_csv file(path,
                   {.rate = rate, .confidences = false, .without_scores = true, .rate_option = "--rate"});
  for (io::video_rows video; file.next(video); rows[video.id] = video.rows()) stop_if_interrupted();
  return rows;
}

int interpolate(const interpolate_options& options) {
  const rational rate = *options.rate, input_rate = *options.input_rate;
  console console(options.quiet);
  auto lengths = options.like.empty() ? std::map<std::string, dim>() : count_rows(options.like, rate);
  io::eev_csv in(options.input, {.rate = input_rate, .confidences = false, .rate_option = "--input-rate"});
  output out(options.output);
  const auto writer = make_csv_writer(out, options.format == "eev" ? csv_spelling::eev : csv_spelling::csv);

  int written = 0, left_out = 0;
  const auto leave_out = [&](const std::string& id, const std::string& in, const std::string& missing_from) {
    console.error(message("'", id, "' is in ", in, " but not in ", missing_from, "; left out"));
    ++left_out;
  };
  for (io::video_rows video; in.next(video);) {
    stop_if_interrupted();
    dim rows = curve::rows_within(rational(video.rows()) / input_rate, rate);
    if (!options.like.empty()) {
      const auto length = lengths.extract(video.id);
      if (length.empty()) {
        leave_out(video.id, options.input, options.like);
        continue;
      }
      rows = length.mapped();
    }
    table dense(video.scores.columns(), rows);
    curve::interpolate(dense.tensor(), video.scores.tensor(), rate, input_rate);
    writer->add({.id = video.id, .source = options.input, .scores = dense, .rate = rate});
    ++written;
  }
  for (const auto& [id, rows] : lengths) leave_out(id, options.like, options.input);
  require(written > 0, options.input, ": none of its videos is in ", options.like);
  writer->finish();
  out.commit();
  return left_out == 0 ? all_done : some_failed;
}

}  // namespace

void add_interpolate(CLI::App& program, int& status) {
  auto options = std::make_shared<interpolate_options>();
  CLI::App& app = *program.add_subcommand("interpolate", "Curves at another rate: T rows at 1 Hz give 6 T");
  app.add_option("IN", options->input, "CSV of curves, as predict or the challenge write them")
      ->type_name("")
      ->required();
  app.add_option("--output", options->output, "file for the curves, - for stdout")
      ->type_name("FILE")
      ->capture_default_str();
  add_number(app, "--rate", options->rate, 1000, "rows a second that are wanted");
  add_number(app, "--input-rate", options->input_rate, 1000, "rows a second that IN has");
  app.add_option(
         "--like", options->like,
         "CSV whose numbers of rows are wanted, such as the challenge's labels or its test.csv; past the "
         "end of a curve its last value is held")
      ->type_name("FILE");
  app.add_option("--format", options->format, "csv, or eev: the challenge's, times in microseconds")
      ->capture_default_str()
      ->check(CLI::IsMember({"csv", "eev"}));
  add_quiet_option(app, options->quiet);
  app.callback([options, &status] { status = interpolate(*options); });
}

}  // namespace eev::command

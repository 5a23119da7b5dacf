// In:  a CSV of curves.  Out: the same curves at another rate, or of other lengths.
#include <cmath>
#include <map>
#include <memory>
#include <set>

#include <CLI/CLI.hpp>

#include <eev/curve/interpolate.hpp>

#include "console.hpp"
#include "curve_reader.hpp"
#include "failures.hpp"
#include "options.hpp"
#include "output.hpp"
#include "signals.hpp"
#include "subcommands.hpp"

namespace eev::command {
namespace {

struct interpolate_options {
  std::string input, output = "-", like, format;
  std::optional<rational> rate = 6, input_rate = 1;
};

/// The rows that each video of a CSV has.
std::map<std::string, dim> count_rows(const std::string& path) {
  std::map<std::string, dim> rows;
  curve_reader reader(path, false);
  for (curve_reader::row row; reader.next(row);) ++rows[row.id];
  return rows;
}

/// One video after another; the rows of each follow each other.
class curves_in_file {
 public:
  curves_in_file(const std::string& path, rational rate) : reader_(path, true), rate_(rate) {
    more_ = reader_.next(row_);
    require(more_, path, ": has a header and no rows");
  }

  csv_spelling spelling() const { return reader_.spelling(); }

  bool next(std::string& id, table& scores) {
    if (!more_) return false;
    stop_if_interrupted();
    id = row_.id;
    require(seen_.insert(id).second, reader_.where(), ": '", id,
            "' again, after rows of other videos; expected all its rows together");
    scores = table(dim(expressions.size()));
    for (; more_ && row_.id == id; more_ = reader_.next(row_)) {
      // Times are written with six decimals, rounded or cut.
      const double expected = (rational(scores.rows()) / rate_).value();
      require(std::abs(row_.seconds - expected) < 2e-6, reader_.where(), ": '", id, "' at ", row_.seconds,
              " s, expected ", expected, " s, its row ", scores.rows(), " at ", rate_.value(),
              " rows a second (--input-rate)");
      std::ranges::copy(row_.scores, scores.grow(1).begin());
    }
    return true;
  }

 private:
  curve_reader reader_;
  rational rate_;
  curve_reader::row row_;
  bool more_;
  std::set<std::string> seen_;
};

int interpolate(const interpolate_options& options) {
  console console;
  auto lengths = options.like.empty() ? std::map<std::string, dim>() : count_rows(options.like);
  curves_in_file in(options.input, *options.input_rate);
  output out(options.output);
  const bool eev = options.format.empty() ? in.spelling() == csv_spelling::eev : options.format == "eev";
  const auto writer = make_csv_writer(out, eev ? csv_spelling::eev : csv_spelling::csv);
  int written = 0, left_out = 0;
  const auto leave_out = [&](const std::string& id, const std::string& in, const std::string& missing_from) {
    console.error(message("'", id, "' is in ", in, " but not in ", missing_from, "; left out"));
    ++left_out;
  };

  curve_of_video curve;
  curve.rate = *options.rate;
  for (table scores; in.next(curve.id, scores);) {
    dim rows = curve::rows_within(rational(scores.rows()) / *options.input_rate, curve.rate);
    if (!options.like.empty()) {
      const auto length = lengths.extract(curve.id);
      if (length.empty()) {
        leave_out(curve.id, options.input, options.like);
        continue;
      }
      rows = length.mapped();
    }
    curve.scores = table(scores.columns(), rows);
    curve::interpolate(curve.scores.tensor(), scores.tensor(), curve.rate, *options.input_rate);
    writer->add(curve);
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
  app.add_option("IN", options->input, "CSV of curves, as predict or the challenge write them")->required();
  app.add_option("--output", options->output, "file for the curves, - for stdout")->capture_default_str();
  add_number(app, "--rate", options->rate, 1000, "rows a second that are wanted");
  add_number(app, "--input-rate", options->input_rate, 1000, "rows a second that IN has");
  app.add_option(
      "--like", options->like,
      "CSV whose videos and numbers of rows are wanted, such as the challenge's labels or its test.csv; "
      "past the end of a curve its last value is held");
  app.add_option("--format", options->format, "csv or eev; as IN if not given")
      ->check(CLI::IsMember({"csv", "eev"}));
  app.callback([options, &status] { status = interpolate(*options); });
}

}  // namespace eev::command

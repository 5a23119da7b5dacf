// In:  a CSV file of labels or predictions.  Out: its videos, one at a time or all.  Rests on: core, io.
//
// Two spellings, columns in any order, others passed over:
//   EEV         YouTube ID (or Video ID), Timestamp (milliseconds), which holds MICROSECONDS, amusement, ...
//   eev's csv   video, seconds, amusement, ...
// EEV's test.csv has no scores. Its train.csv is 852 MB: only one video is in memory at a time.
#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <eev/core/expressions.hpp>
#include <eev/core/finite.hpp>
#include <eev/core/rational.hpp>
#include <eev/core/table.hpp>
#include <eev/io/csv_rows.hpp>
#include <eev/io/json.hpp>

namespace eev::io {

/// One video of a file: row k of `scores` [n, E] is at microseconds[k].
struct video_rows {
  std::string id;
  std::vector<std::int64_t> microseconds;
  table scores{dim(expressions.size())};  // no columns where the file has no scores

  dim rows() const { return dim(microseconds.size()); }
};

/// What the rows of a file have to keep to.
struct eev_csv_rules {
  std::optional<rational> rate{};  // row k is at k / rate seconds, give or take 1 us; none: time goes forward
  bool confidences = true;         // scores are from 0 to 1; else any finite numbers
  bool without_scores = false;     // a file of IDs and times alone is welcome, too
  std::string_view rate_option{};  // by which whoever has a file of another rate can say so
};

/// Labels as EEV publishes them; labels to score against, at any times; predictions, of any rate and model; a
/// list of instants, as in test.csv.
inline constexpr eev_csv_rules label_rules{.rate = rational(6)};
inline constexpr eev_csv_rules scored_label_rules{};
inline constexpr eev_csv_rules prediction_rules{.confidences = false};
inline constexpr eev_csv_rules instant_rules{.rate = rational(6), .without_scores = true};

/// A file being read from front to back: `for (video_rows video; file.next(video);)`. The rows of a video
/// stand together; whatever breaks a rule is an error that names its line.
class eev_csv {
 public:
  explicit eev_csv(const std::string& path, const eev_csv_rules& rules = label_rules)
      : rows_(path), rules_(rules) {
    require(!rules.rate || *rules.rate > 0, path, ": read at a rate of ",
            rules.rate.value_or(rational()).value(), "; expected a positive one");
    require(rows_.next(), path, ": the file is empty; expected a header and rows");
    read_header();
    waiting_ = rows_.next();
    require(waiting_, path, ": no rows below the header");
  }

  bool has_scores() const { return has_scores_; }

  /// The next video; false at the end.
  bool next(video_rows& video) {
    if (!waiting_) return false;
    require_row();
    video.id = rows_.fields()[id_column_];
    require(!video.id.empty(), rows_.where(), ": an empty ID; expected the name of a video");
    const auto [before, is_new] = first_lines_.try_emplace(video.id, rows_.line());
    require(is_new, rows_.where(), ": video ", quoted(video.id), " again, which began at line ",
            before->second, "; expected its rows together");
    video.microseconds.clear();
    video.scores = table(has_scores_ ? dim(expressions.size()) : 0);
    do {
      require_row();
      read_time(video);
      if (has_scores_) read_scores(video);
      waiting_ = rows_.next();
    } while (waiting_ && (rows_.fields().size() <= id_column_ || rows_.fields()[id_column_] == video.id));
    return true;
  }

 private:
  static constexpr std::size_t none = std::size_t(-1);

  void read_header() {
    width_ = rows_.fields().size();
    id_column_ = column({"YouTube ID", "Video ID", "video"});
    const std::size_t microseconds = column({"Timestamp (milliseconds)"}), seconds = column({"seconds"});
    require(id_column_ != none, rows_.where(), ": no column 'YouTube ID', 'Video ID' or 'video'");
    require((microseconds == none) != (seconds == none), rows_.where(),
            ": expected one column 'Timestamp (milliseconds)' or 'seconds'");
    in_seconds_ = microseconds == none;
    time_column_ = in_seconds_ ? seconds : microseconds;

    std::string missing;
    for (std::size_t e = 0; e < expressions.size(); ++e) {
      score_columns_[e] = column({expressions[e]});
      if (score_columns_[e] == none) missing += message(missing.empty() ? "" : ", ", expressions[e]);
      has_scores_ |= score_columns_[e] != none;
    }
    require(missing.empty() || (!has_scores_ && rules_.without_scores), rows_.where(), ": no column for ",
            missing, "; expected one for each of the ", expressions.size(), " expressions");
  }

  /// Which column has one of these names; `none` if none has.
  std::size_t column(std::initializer_list<std::string_view> names) const {
    std::size_t found = none;
    for (std::size_t i = 0; i < width_; ++i) {
      if (std::ranges::find(names, rows_.fields()[i]) == names.end()) continue;
      require(found == none, rows_.where(), ": column ", i + 1, " (", rows_.fields()[i], ") repeats column ",
              found + 1);
      found = i;
    }
    return found;
  }

  void require_row() const {
    if (rows_.fields().size() != width_)
      throw error(message(rows_.where(), ": found ", rows_.fields().size(), " fields, expected ", width_,
                          " as in the header"));
  }

  void read_time(video_rows& video) const {
    const auto field = rows_.fields()[time_column_];
    const double time = number(field) * (in_seconds_ ? 1e6 : 1);
    if (!(time >= 0 && time <= 1e15))
      fail(time_column_, video.id, in_seconds_ ? "a time in seconds" : "a time in microseconds");
    const std::int64_t found = std::llround(time), k = video.rows();
    if (rules_.rate && std::abs(double(found) - double(k) * 1e6 / rules_.rate->value()) > 1) {
      const std::int64_t expected = (rational(k) * 1'000'000 / *rules_.rate).floor();
      fail(time_column_, video.id,
           message(in_seconds_ ? message(double(expected) / 1e6) : message(expected), " for row ", k,
                   " of the video, in ", in_seconds_ ? "seconds" : "microseconds", " and without gaps",
                   rules_.rate_option.empty()
                       ? ""
                       : message("; is the file of another rate? ", rules_.rate_option, " tells it")));
    }
    if (!video.microseconds.empty() && found <= video.microseconds.back())
      fail(time_column_, video.id, "a later time than in the row before");
    video.microseconds.push_back(found);
  }

  void read_scores(video_rows& video) const {
    const auto row = video.scores.grow(1);
    for (std::size_t e = 0; e < expressions.size(); ++e) {
      // In double: a score that is too small for a float is still a number.
      const double score = number(rows_.fields()[score_columns_[e]]);
      if (rules_.confidences ? !(score >= 0 && score <= 1) : !is_finite(float(score)))
        fail(score_columns_[e], video.id, rules_.confidences ? "a number from 0 to 1" : "a finite number");
      row.data[e] = float(score);
    }
  }

  /// Not-a-number if the field is anything else.
  static double number(std::string_view field) {
    double value = NAN;
    const char* const end = field.data() + field.size();
    const auto [stop, status] = std::from_chars(field.data(), end, value);
    return status == std::errc() && stop == end ? value : NAN;
  }

  /// Printable, and no more than 40 characters.
  static std::string quoted(std::string_view text) { return json_quoted(text.substr(0, 40)); }

  [[noreturn]] void fail(std::size_t column, const std::string& id, std::string_view expected) const {
    const std::string_view name =
        column == time_column_
            ? (in_seconds_ ? "seconds" : "Timestamp")
            : expressions[std::ranges::find(score_columns_, column) - score_columns_.begin()];
    throw error(message(rows_.where(), ", video ", quoted(id), ": ", name, " is ",
                        quoted(rows_.fields()[column]), ", expected ", expected));
  }

  csv_rows rows_;
  eev_csv_rules rules_;
  std::size_t width_ = 0, id_column_ = none, time_column_ = none;
  std::array<std::size_t, expressions.size()> score_columns_{};
  bool in_seconds_ = false, has_scores_ = false;
  bool waiting_ = false;  // rows_ is at a row that belongs to the next video
  std::unordered_map<std::string, long> first_lines_;
};

/// All videos of a file, in its order.
inline std::vector<video_rows> read_eev_csv(const std::string& path,
                                            const eev_csv_rules& rules = label_rules) {
  std::vector<video_rows> videos;
  eev_csv file(path, rules);
  // Copied, not moved: a copy has no room to spare at the end of its vectors.
  for (video_rows video; file.next(video);) videos.push_back(video);
  return videos;
}

}  // namespace eev::io

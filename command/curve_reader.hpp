// In:  a CSV of curves in either spelling.  Out: its rows.  Rests on: csv.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include <eev/core/expressions.hpp>

#include "csv.hpp"
#include "curve_writers.hpp"

namespace eev::command {

/// Reads row by row: the challenge's labels have millions.
class curve_reader {
 public:
  struct row {
    std::string id;
    double seconds = 0;
    std::array<float, expressions.size()> scores{};  // zeros where the file has none
  };

  /// Throws unless the header is that of `csv` (video,seconds,...) or of the challenge (YouTube ID or Video
  /// ID, Timestamp (milliseconds),..., microseconds). The challenge's test.csv has no scores: with
  /// `scores_needed` that is an error.
  curve_reader(const std::string& path, bool scores_needed);

  /// The next row; false at the end. Throws where it cannot be read, naming file and line.
  bool next(row& row);

  csv_spelling spelling() const { return spelling_; }

  /// File and line of the row just read, for errors.
  std::string where() const { return csv_.where(); }

 private:
  double number(const std::string& text, const char* what) const;

  csv_reader csv_;
  std::vector<std::string> fields_;
  csv_spelling spelling_ = csv_spelling::csv;
  bool has_scores_ = false;
};

}  // namespace eev::command

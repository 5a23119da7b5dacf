// In:  a CSV file, or fields.  Out: its rows, or a row of text.  Rests on: io/input_file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <eev/io/input_file.hpp>

namespace eev::command {

/// A field as RFC 4180 has it: in quotes if it holds a comma, a quote or the end of a line.
std::string csv_field(std::string_view text);

/// Reads RFC 4180, LF or CRLF, a block at a time. Empty lines are passed over.
class csv_reader {
 public:
  explicit csv_reader(const std::string& path) : path_(path), file_(path), block_(std::size_t{1} << 20) {}

  /// The next row; false at the end. The fields are overwritten.
  bool next(std::vector<std::string>& fields);

  /// "labels.csv, line 12": where the last row began.
  std::string where() const { return message(path_, ", line ", row_line_); }

 private:
  static constexpr std::size_t longest_field = 1 << 16;

  bool fill();
  bool read_row(std::vector<std::string>& fields);

  std::string path_;
  io::input_file file_;
  std::vector<char> block_;
  std::size_t position_ = 0, filled_ = 0;
  long line_ = 1, row_line_ = 1;
};

}  // namespace eev::command

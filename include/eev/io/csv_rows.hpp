// In:  a CSV file.  Out: its rows, one at a time, as fields of text.  Rests on: io/input_file.
//
// RFC 4180 with LF or CRLF, read in large blocks: the label files of EEV have millions of rows. Fields lie in
// the block and are not copied. Empty lines are passed over, and so is a byte order mark.
#pragma once

#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <eev/io/input_file.hpp>

namespace eev::io {

class csv_rows {
 public:
  /// No row is longer, in bytes. A quote without an end is found at this distance at the latest.
  static constexpr std::size_t longest_row = std::size_t{1} << 20;

  explicit csv_rows(const std::string& path) : path_(path), file_(path), block_(2 * longest_row) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    fill();
    if (std::string_view(block_.data(), filled_).starts_with(byte_order_mark))
      position_ = byte_order_mark.size();
  }

  /// Goes to the next row; false at the end.
  bool next() {
    do {
      if (!find_row()) return false;
    } while (row_.empty());
    split();
    return true;
  }

  /// The fields of the row, until the next one.
  std::span<const std::string_view> fields() const { return fields_; }

  /// "train.csv, line 12": where the row begins.
  std::string where() const { return message(path_, ", line ", line_); }
  long line() const { return line_; }

 private:
  /// Moves what is left to the front of the block and reads on behind it.
  void fill() {
    std::copy(block_.data() + position_, block_.data() + filled_, block_.data());
    filled_ -= position_;
    position_ = 0;
    while (!ended_ && filled_ < block_.size()) {
      const std::size_t count = file_.read(block_.data() + filled_, block_.size() - filled_);
      ended_ = count == 0;
      filled_ += count;
    }
  }

  /// Sets row_ to the next row without its line end; false at the end of the file.
  bool find_row() {
    if (filled_ - position_ < longest_row && !ended_) fill();
    if (position_ == filled_) return false;
    line_ = next_line_;
    char* const begin = block_.data() + position_;
    char* const stop = block_.data() + std::min(position_ + longest_row, filled_);
    char *at = begin, *end = nullptr;
    has_quotes_ = false;
    bool quoted = false;  // within quotes a line may end; "" goes out and in again
    do {
      end = static_cast<char*>(std::memchr(at, '\n', stop - at));
      char* const line_end = end ? end : stop;
      for (; (at = static_cast<char*>(std::memchr(at, '"', line_end - at))); ++at)
        quoted = !quoted, has_quotes_ = true;
      at = line_end + 1;
      ++next_line_;
    } while (quoted && end);
    const bool whole = end || (ended_ && stop == block_.data() + filled_);
    if (quoted) require(!whole, where(), ": a quote without an end");
    if (!whole)
      throw error(
          message(where(), ": a row of more than ", longest_row, " bytes, or a quote without an end"));
    char* row_end = end ? end : stop;
    position_ = std::size_t(row_end - block_.data()) + (end ? 1 : 0);
    if (row_end != begin && row_end[-1] == '\r') --row_end;
    row_ = {begin, row_end};
    return true;
  }

  void split() {
    fields_.clear();
    char *at = row_.data(), *const end = at + row_.size();
    for (;; ++at) {
      const bool quoted = at != end && *at == '"';
      if (quoted) {
        fields_.push_back(unquote(at, end));
      } else {
        char* const begin = at;
        at = static_cast<char*>(std::memchr(begin, ',', end - begin));
        if (!at) at = end;
        fields_.emplace_back(begin, at - begin);
        if (has_quotes_ && fields_.back().find('"') != std::string_view::npos)
          throw error(where() + ": a quote inside a field that does not begin with one");
      }
      if (at == end) return;
      if (*at != ',') throw error(where() + ": something after the quote that ends a field");
    }
  }

  /// The field in quotes at `at`, which goes behind it. The text moves forward over the doubled quotes.
  std::string_view unquote(char*& at, char* end) const {
    char *const begin = at, *to = at;
    for (++at;; ++at) {
      if (at == end) throw error(where() + ": a quote without an end");
      if (*at == '"' && (++at == end || *at != '"')) break;
      *to++ = *at;
    }
    return std::string_view(begin, to - begin);
  }

  std::string path_;
  input_file file_;
  std::vector<char> block_;
  std::size_t position_ = 0, filled_ = 0;
  bool ended_ = false;  // nothing is left to read
  long line_ = 0, next_line_ = 1;
  std::span<char> row_;
  bool has_quotes_ = false;
  std::vector<std::string_view> fields_;
};

}  // namespace eev::io

// In:  a CSV file, or fields.  Out: its rows, or a row of text.
#include "csv.hpp"

namespace eev::command {

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == text.npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + '"';
}

bool csv_reader::next(std::vector<std::string>& fields) {
  while (fill()) {
    row_line_ = line_;
    if (read_row(fields)) return true;
  }
  return false;
}

/// False at the end of the file.
bool csv_reader::fill() {
  if (position_ < filled_) return true;
  filled_ = file_.read(block_.data(), block_.size());
  position_ = 0;
  return filled_ > 0;
}

/// False for an empty line.
bool csv_reader::read_row(std::vector<std::string>& fields) {
  enum {
    start,
    plain,
    quoted,
    closed
  } state = start;  // closed: after the quote that ends a field, or half of ""
  std::size_t count = 0;
  const auto begin_field = [&] {
    if (count == fields.size()) fields.emplace_back();
    fields[count++].clear();
    state = start;
  };
  begin_field();
  for (; fill(); ++position_) {
    const char c = block_[position_];
    std::string& field = fields[count - 1];
    if (c == '\n') ++line_;
    if (state == quoted) {
      if (c == '"')
        state = closed;
      else
        field += c;
    } else if (c == ',') {
      begin_field();
    } else if (c == '\n') {
      ++position_;
      break;
    } else if (c == '"') {
      require(state != plain, where(), ": a quote inside a field that does not begin with one");
      if (state == closed) field += c;
      state = quoted;
    } else if (c != '\r') {
      require(state != closed, where(), ": something after the quote that ends a field");
      field += c;
      state = plain;
    }
    require(field.size() <= longest_field && count <= 1000, where(), ": not a row of CSV: too long");
  }
  require(state != quoted, where(), ": a quote without an end");
  fields.resize(count);
  return count > 1 || !fields[0].empty();
}

}  // namespace eev::command

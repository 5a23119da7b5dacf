// In:  text.  Out: the same as a field of CSV.
#pragma once

#include <string>
#include <string_view>

namespace eev::command {

/// As RFC 4180 has it: in quotes if it holds a comma, a quote or the end of a line.
inline std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == text.npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + '"';
}

}  // namespace eev::command

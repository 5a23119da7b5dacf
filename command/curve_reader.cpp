// In:  a CSV of curves in either spelling.  Out: its rows.
#include "curve_reader.hpp"

#include <charconv>
#include <cmath>

namespace eev::command {

constexpr std::size_t columns_before_scores = 2;

curve_reader::curve_reader(const std::string& path, bool scores_needed) : csv_(path) {
  require(csv_.next(fields_), path, ": the file is empty");
  if (fields_[0].starts_with("\xef\xbb\xbf")) fields_[0].erase(0, 3);  // some editors' byte order mark
  fields_.resize(std::max(fields_.size(), columns_before_scores));
  const bool is_csv = fields_[0] == "video" && fields_[1] == "seconds";
  const bool is_eev =
      (fields_[0] == "YouTube ID" || fields_[0] == "Video ID") && fields_[1] == "Timestamp (milliseconds)";
  require(is_csv || is_eev, where(), ": a header that begins with '", fields_[0].substr(0, 40), "', '",
          fields_[1].substr(0, 40), "'; expected video,seconds or Video ID,Timestamp (milliseconds)");
  spelling_ = is_csv ? csv_spelling::csv : csv_spelling::eev;
  has_scores_ = fields_.size() > columns_before_scores;
  require(has_scores_ || !scores_needed, where(), ": has no columns of scores");
  if (!has_scores_) return;
  require(fields_.size() == columns_before_scores + expressions.size(), where(), ": ", fields_.size(),
          " columns, expected ", columns_before_scores + expressions.size());
  for (std::size_t e = 0; e < expressions.size(); ++e) {
    const std::string& name = fields_[columns_before_scores + e];
    require(name == expressions[e], where(), ": column ", columns_before_scores + e + 1, " is '",
            name.substr(0, 40), "', expected '", expressions[e], "'");
  }
}

bool curve_reader::next(row& row) {
  if (!csv_.next(fields_)) return false;
  const std::size_t expected = columns_before_scores + (has_scores_ ? expressions.size() : 0);
  require(fields_.size() == expected, where(), ": ", fields_.size(), " fields, expected ", expected);
  row.id = fields_[0];
  const double time = number(fields_[1], "time");
  require(time >= 0, where(), ": the time '", fields_[1], "' is negative");
  row.seconds = spelling_ == csv_spelling::csv ? time : time / 1e6;
  for (std::size_t e = 0; has_scores_ && e < expressions.size(); ++e)
    row.scores[e] = float(number(fields_[columns_before_scores + e], expressions[e].data()));
  return true;
}

double curve_reader::number(const std::string& text, const char* what) const {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, status] = std::from_chars(text.data(), end, value);
  require(status == std::errc() && stop == end && std::isfinite(value), where(), ": the ", what, " '",
          text.substr(0, 40), "' is not a number");
  return value;
}

}  // namespace eev::command

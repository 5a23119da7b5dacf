// In:  curves.  Out: a page that shows them, one file that needs nothing else.
#include "html_report.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <string_view>

#include <eev/core/expressions.hpp>
#include <eev/curve/pearson.hpp>
#include <eev/io/decimal.hpp>

#include "console.hpp"
#include "html_report_look.hpp"

namespace eev::command {
namespace {

// A plot is 10000 units wide, from 0 to the duration, and 10000 high, from a score of 1 down to 0.
constexpr int units = 10'000;

std::string html(std::string_view text) {
  std::string safe;
  for (const char c : text)
    if (c == '&')
      safe += "&amp;";
    else if (c == '<')
      safe += "&lt;";
    else if (c == '"')
      safe += "&quot;";
    else
      safe += c;
  return safe;
}

std::string fixed(double value, int decimals) {
  char text[400];
  return {text, std::size_t(std::snprintf(text, sizeof text, "%.*f", decimals, value))};
}

std::string fact(std::string_view name, std::string_view value) {
  return message("<div><dt>", html(name), "</dt><dd>", html(value), "</dd></div>\n");
}

std::string length(double seconds) { return seconds < 60 ? fixed(seconds, 1) + " s" : clock_time(seconds); }

/// Numbers of one expression, row k at k / rate seconds, over a plot that is `seconds` wide.
class series {
 public:
  series(view<const float, 2> rows, dim expression, rational rate, double seconds)
      : rows_(rows), expression_(expression), units_a_row_(units / (rate.value() * seconds)) {}

  dim rows() const { return rows_.shape[0]; }
  double operator[](dim row) const { return rows_(row, expression_); }

  dim least(dim begin, dim end) const { return first(begin, end, std::less<>()); }
  dim largest(dim begin, dim end) const { return first(begin, end, std::greater<>()); }
  double low() const { return (*this)[least(0, rows())]; }
  double high() const { return (*this)[largest(0, rows())]; }

  /// What SVG draws. No screen shows more than some hundred columns: of a long curve the least and the
  /// largest number in each are drawn, so that no peak is lost. The last one holds to the end.
  std::string path() const {
    constexpr dim columns = 600;
    const dim width = rows() <= 2 * columns ? 1 : (rows() + columns - 1) / columns;
    std::string path;
    for (dim begin = 0; begin < rows(); begin += width) {
      const dim end = std::min(begin + width, rows());
      const auto [one, other] = std::minmax({least(begin, end), largest(begin, end)});
      path += point(path.empty() ? "M" : "L", std::lround(double(one) * units_a_row_), one);
      if (other != one) path += point("L", std::lround(double(other) * units_a_row_), other);
    }
    return path + point("L", units, rows() - 1);
  }

 private:
  template <class Before>
  dim first(dim begin, dim end, Before before) const {
    dim found = begin;
    for (dim row = begin + 1; row < end; ++row)
      if (before((*this)[row], (*this)[found])) found = row;
    return found;
  }

  std::string point(const char* command, long x, dim row) const {
    return message(command, x, " ", std::lround((1 - (*this)[row]) * units));
  }

  view<const float, 2> rows_;
  dim expression_;
  double units_a_row_;
};

/// The part of 0 to 1 that a plot shows when each has its own.
struct range {
  double bottom, size;

  /// A little more than the numbers need, and never so little that their rounding would be seen.
  range(double low, double high) : size(std::clamp(1.1 * (high - low), 0.02, 1.0)) {
    bottom = std::clamp((low + high - size) / 2, 0.0, 1 - size);
  }
  double top() const { return bottom + size; }
};

/// Lines at whole numbers of seconds or minutes, four at most besides the one at 0, and their times.
struct time_lines {
  std::string path, times;

  explicit time_lines(double seconds) {
    double step = 3600 * std::ceil(seconds / (5 * 3600));
    for (const int shorter : {1800, 900, 600, 300, 120, 60, 30, 15, 10, 5, 2, 1})
      if (seconds <= 5 * shorter) step = shorter;
    for (double time = 0; time < seconds; time += step) {
      path += message("M", std::lround(time / seconds * units), " 0V", units);
      times += message("<span class=\"time\" style=\"left:", fixed(100 * time / seconds, 2), "%\">",
                       clock_time(time), "</span>");
    }
  }
};

/// The correlation of the scores of each expression with its labels; nothing without labels.
std::vector<std::string> correlations(const curve_of_video& curve) {
  std::vector<std::string> texts(expressions.size());
  if (curve.labels.rows() == 0) return texts;
  std::vector<double> r(expressions.size());
  curve::pearson(view<double, 1>{r.data(), {dim(r.size())}}, curve.scores.tensor(), curve.labels.tensor());
  for (std::size_t e = 0; e < r.size(); ++e)
    texts[e] = std::isnan(r[e]) ? ", r undefined" : ", r = " + fixed(r[e], 2);
  return texts;
}

/// Both ends of the scale, as a plot of its own range and one from 0 to 1 have them.
std::string scale_end(const char* where, double own, int whole) {
  return message("<span class=\"", where, "\"><span class=\"own\">", fixed(own, 3),
                 "</span><span class=\"whole\">", whole, "</span></span>");
}

std::string plots(const curve_of_video& curve) {
  const double seconds = curve.duration.value();
  const time_lines lines(seconds);
  const auto correlation = correlations(curve);
  std::string all;
  for (std::size_t e = 0; e < expressions.size(); ++e) {
    const series scores(curve.scores.tensor(), dim(e), curve.rate, seconds);
    const series labels(curve.labels.tensor(), dim(e), curve.rate, seconds);
    const bool labelled = labels.rows() > 0;
    const range own(labelled ? std::min(scores.low(), labels.low()) : scores.low(),
                    labelled ? std::max(scores.high(), labels.high()) : scores.high());
    const rational peak = rational(scores.largest(0, scores.rows())) / curve.rate;
    const std::string told = message(fixed(scores.low(), 3), " to ", fixed(scores.high(), 3), ", highest at ",
                                     clock_time(peak.value()), correlation[e]);
    all += message("<figure>\n<figcaption><b>", expressions[e], "</b> <span class=\"told\">", told,
                   "</span></figcaption>\n<div class=\"plot\" style=\"--zoom:", fixed(1 / own.size, 4),
                   ";--shift:", fixed((own.top() - 1) * units, 1), "px\"><svg viewBox=\"0 0 ", units, " ",
                   units, "\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"", expressions[e], ", ",
                   told, "\"><path class=\"grid\" d=\"", lines.path, "\"/>");
    if (labelled) all += "<path class=\"labels\" d=\"" + labels.path() + "\"/>";
    all += message("<path class=\"curve\" d=\"", scores.path(), "\"/></svg>\n", lines.times,
                   scale_end("high", own.top(), 1), scale_end("low", own.bottom, 0), "</div>\n</figure>\n");
  }
  return all;
}

class html_writer : public curve_writer {
 public:
  html_writer(output& out, report_header header) : out_(out), header_(std::move(header)) {}

  void add(const curve_of_video& curve) override {
    if (ids_.empty()) write_head();
    ids_.push_back(curve.id);
    out_.write(message("<section id=\"video-", ids_.size(), "\" data-seconds=\"",
                       fixed(curve.duration.value(), 3), "\">\n<h2>", html(curve.id), "</h2>\n<dl>\n",
                       fact("file", curve.source), fact("length", length(curve.duration.value())),
                       fact("sound", curve.has_sound ? "yes" : "none; the model heard silence"),
                       fact("rows", message(curve.scores.rows(), ", ", io::decimal(curve.rate), " a second")),
                       "</dl>\n"));
    if (curve.labels.rows() > 0)
      out_.write("<p><span class=\"key\">predicted</span> <span class=\"key of-labels\">labels</span></p>\n");
    out_.write("<div class=\"plots\">\n" + plots(curve) + "</div>\n</section>\n");
  }

  void finish() override {
    if (ids_.empty()) return;
    if (ids_.size() > 1) {
      std::string list = message("<nav>", ids_.size(), " videos\n<ul>\n");
      for (std::size_t i = 0; i < ids_.size(); ++i)
        list += message("<li><a href=\"#video-", i + 1, "\">", html(ids_[i]), "</a></li>\n");
      out_.write(list + "</ul></nav>\n");
    }
    out_.write(message("<footer>Written by eev ", EEV_VERSION, ".</footer>\n<script>", report_script,
                       "</script>\n</body>\n</html>\n"));
  }

 private:
  void write_head() {
    out_.write(
        message("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                "<title>Evoked expressions</title>\n<style>",
                report_style,
                "</style>\n</head>\n<body>\n<header>\n<h1>What viewers will feel</h1>\n"
                "<p>Fifteen curves a video: how strongly each expression is evoked in its viewers, "
                "from 0 to 1, as the model predicts it.</p>\n"));
    if (!header_.note.empty())
      out_.write("<p class=\"note\"><strong>Note:</strong> " + html(header_.note) + "</p>\n");
    std::string facts = fact("model", header_.model);
    for (const auto& [name, value] : header_.facts) facts += fact(name, value);
    out_.write("<dl>\n" + facts +
               "</dl>\n</header>\n<fieldset class=\"scale\"><legend>Scale of the curves</legend>\n"
               "<label><input type=\"radio\" name=\"scale\" checked> each its own range</label>\n"
               "<label><input type=\"radio\" name=\"scale\" id=\"whole\"> all from 0 to 1</label>\n"
               "</fieldset>\n");
  }

  output& out_;
  report_header header_;
  std::vector<std::string> ids_;  // of the videos so far
};

}  // namespace

std::unique_ptr<curve_writer> make_html_writer(output& out, report_header header) {
  return std::make_unique<html_writer>(out, std::move(header));
}

}  // namespace eev::command

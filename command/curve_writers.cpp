// In:  curves.  Out: the same as csv, eev (the challenge's CSV) or json.
#include "curve_writers.hpp"

#include <cmath>
#include <cstdio>

#include <nlohmann/json.hpp>

#include <eev/core/expressions.hpp>

#include "csv.hpp"

namespace eev::command {
namespace {

std::string six_decimals(double value) {
  char text[400];
  return {text, std::size_t(std::snprintf(text, sizeof text, "%.6f", value))};
}

double second(dim row, rational rate) { return (rational(row) / rate).value(); }

class csv_writer : public curve_writer {
 public:
  csv_writer(output& out, csv_spelling spelling) : out_(out), spelling_(spelling) {}

  void add(const curve_of_video& curve) override {
    if (!began_) write_header();
    const std::string id = csv_field(curve.id);
    const auto scores = curve.scores.tensor();
    for (dim row = 0; row < curve.scores.rows(); ++row) {
      std::string line = id + "," + time(row, curve.rate);
      for (const float score : scores[row]) line += "," + six_decimals(score);
      out_.write(line += '\n');
    }
  }

  void finish() override {}

 private:
  void write_header() {
    std::string line = spelling_ == csv_spelling::csv ? "video,seconds" : "Video ID,Timestamp (milliseconds)";
    for (const auto name : expressions) line += "," + std::string(name);
    out_.write(line += '\n');
    began_ = true;
  }

  std::string time(dim row, rational rate) const {
    if (spelling_ == csv_spelling::csv) return six_decimals(second(row, rate));
    return std::to_string((rational(row) * 1'000'000 / rate).floor());
  }

  output& out_;
  csv_spelling spelling_;
  bool began_ = false;
};

/// One video at a time, so that memory does not grow with their number.
class json_writer : public curve_writer {
 public:
  json_writer(output& out, const std::string& model, const std::string& note)
      : out_(out), head_("{\"model\": " + text(model) + ", \"note\": " + text(note) + ", \"videos\": [") {}

  void add(const curve_of_video& curve) override {
    nlohmann::ordered_json video = {{"id", curve.id},
                                    {"source", curve.source},
                                    {"duration", curve.duration.value()},
                                    {"rate", curve.rate.value()},
                                    {"audio", curve.has_sound},
                                    {"seconds", nlohmann::json::array()}};
    if (curve.rate.denominator() == 1) video["rate"] = curve.rate.numerator();
    const auto scores = curve.scores.tensor();
    for (dim row = 0; row < curve.scores.rows(); ++row)
      video["seconds"].push_back(rounded(second(row, curve.rate)));
    for (std::size_t e = 0; e < expressions.size(); ++e) {
      auto& values = video["scores"][std::string(expressions[e])] = nlohmann::json::array();
      for (dim row = 0; row < curve.scores.rows(); ++row) values.push_back(rounded(scores(row, dim(e))));
    }
    out_.write((began_ ? ",\n" : head_ + "\n") + text(video));
    began_ = true;
  }

  void finish() override {
    if (began_) out_.write("\n]}\n");
  }

 private:
  /// File names may hold any bytes; JSON is UTF-8.
  static std::string text(const nlohmann::ordered_json& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }

  /// As many decimals as the CSV has.
  static double rounded(double value) { return std::round(value * 1e6) / 1e6; }

  output& out_;
  std::string head_;
  bool began_ = false;
};

}  // namespace

std::unique_ptr<curve_writer> make_csv_writer(output& out, csv_spelling spelling) {
  return std::make_unique<csv_writer>(out, spelling);
}

std::unique_ptr<curve_writer> make_json_writer(output& out, const std::string& model,
                                               const std::string& note) {
  return std::make_unique<json_writer>(out, model, note);
}

}  // namespace eev::command

// In:  a score.  Out: it as people or programs read it.
#include "score_text.hpp"

#include <array>
#include <cmath>
#include <cstdio>

#include <nlohmann/json.hpp>

#include <eev/core/expressions.hpp>

namespace eev::command {
namespace {

std::string line(const std::string& name, double r) {
  std::array<char, 80> text;
  if (std::isnan(r))
    std::snprintf(text.data(), text.size(), "%-16s %9s\n", name.c_str(), "-");
  else
    std::snprintf(text.data(), text.size(), "%-16s %9.6f\n", name.c_str(), r);
  return text.data();
}

}  // namespace

std::string score_table(const curve::score& score) {
  std::string text;
  for (std::size_t e = 0; e < expressions.size(); ++e)
    text += line(std::string(expressions[e]), score.by_expression[e]);
  return text + line("mean", score.mean) +
         message("over ", score.videos, score.videos == 1 ? " video\n" : " videos\n");
}

std::string score_json(const curve::score& score, const std::string& constant) {
  nlohmann::ordered_json json = {{"mean", score.mean}, {"videos", score.videos}};
  for (std::size_t e = 0; e < expressions.size(); ++e)
    json["expressions"][std::string(expressions[e])] = score.by_expression[e];
  json["constant"] = constant;
  return json.dump(2) + "\n";  // which writes null for what is not a number
}

}  // namespace eev::command

// In:  a score.  Out: it as people or programs read it.  Rests on: curve/score, nlohmann-json.
#pragma once

#include <string>

#include <eev/curve/score.hpp>

namespace eev::command {

/// A line for each expression and one for their mean.
std::string score_table(const curve::score& score);

/// {"mean", "videos", "expressions": {name: r}, "constant"}; null where there is no number.
std::string score_json(const curve::score& score, const std::string& constant);

}  // namespace eev::command

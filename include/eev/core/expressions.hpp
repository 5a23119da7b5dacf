// The expressions that are scored, in the order of every row, column and file.
#pragma once

#include <array>
#include <string_view>

namespace eev {

inline constexpr std::array<std::string_view, 15> expressions{
    "amusement",   "anger",          "awe",    "concentration", "confusion", "contempt",
    "contentment", "disappointment", "doubt",  "elation",       "interest",  "pain",
    "sadness",     "surprise",       "triumph"};

}  // namespace eev

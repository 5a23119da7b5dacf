// In:  numbers as people write them.  Out: exact fractions, and back.  Rests on: core/rational.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <eev/core/rational.hpp>

namespace eev::command {

/// 6, 0.96 or 30000/1001: at most nine digits on either side of the point. Nothing if it is none of these.
std::optional<rational> parse_number(std::string_view text);

/// A decimal of at most nine digits after the point, cut off behind them: 1, 0.96, 29.97002997.
std::string decimal(rational number);

}  // namespace eev::command

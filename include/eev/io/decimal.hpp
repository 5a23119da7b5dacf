// In:  numbers as people write them.  Out: exact fractions, and back.  Rests on: core/rational.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include <eev/core/rational.hpp>

namespace eev::io {

namespace detail {

/// Takes digits from the front of `text`, at most nine: their value; nothing if there are none or too many.
inline std::optional<std::int64_t> take_digits(std::string_view& text) {
  const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
  if (count == 0 || count > 9) return std::nullopt;
  std::int64_t value = 0;
  for (const char digit : text.substr(0, count)) value = 10 * value + (digit - '0');
  text.remove_prefix(count);
  return value;
}

inline std::optional<rational> take_decimal(std::string_view& text) {
  const auto whole = take_digits(text);
  if (!whole || !text.starts_with('.')) return whole;
  text.remove_prefix(1);
  const std::size_t before = text.size();
  const auto fraction = take_digits(text);
  if (!fraction) return std::nullopt;
  std::int64_t scale = 1;
  for (std::size_t digit = text.size(); digit < before; ++digit) scale *= 10;
  return rational(*whole) + rational::reduced(*fraction, scale);
}

}  // namespace detail

/// 6, 0.96 or 30000/1001: at most nine digits on either side of the point. Nothing if it is none of these.
inline std::optional<rational> parse_number(std::string_view text) {
  auto number = detail::take_decimal(text);
  if (number && text.starts_with('/')) {
    text.remove_prefix(1);
    const auto divisor = detail::take_decimal(text);
    if (!divisor || *divisor == 0) return std::nullopt;
    number = *number / *divisor;
  }
  return text.empty() ? number : std::nullopt;
}

/// A decimal of at most nine digits after the point, cut off behind them: 1, 0.96, 29.97002997.
inline std::string decimal(rational number) {
  constexpr std::int64_t billion = 1'000'000'000;
  if (number < 0) return "-" + decimal(-number);
  const std::int64_t whole = number.floor();
  const std::int64_t billionths = ((number - rational(whole)) * billion).floor();
  std::string text = std::to_string(billion + billionths).replace(0, 1, ".");
  text.erase(text.find_last_not_of('0') + 1);
  return std::to_string(whole) + (text == "." ? "" : text);
}

}  // namespace eev::io

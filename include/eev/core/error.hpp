// In:  a condition and the parts of a sentence.  Out: nothing, or one eev::error.  Rests on: std.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace eev {

/// The one exception of the library. Its message names the file, tensor or row, what was found and what was
/// expected.
class error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

namespace detail {

inline void append(std::string& text, std::string_view part) { text += part; }

template <class Number>
requires std::integral<Number> || std::floating_point<Number>
void append(std::string& text, Number part) { text += std::to_string(part); }

/// A shape, as [3, 224, 224].
template <class Shape>
requires(!std::is_array_v<Shape>) && requires(const Shape& shape) {
  { *shape.begin() } -> std::convertible_to<std::ptrdiff_t>;
  requires !std::convertible_to<Shape, std::string_view>;
}
void append(std::string& text, const Shape& shape) {
  text += '[';
  const char* separator = "";
  for (auto extent : shape) {
    text += separator;
    text += std::to_string(extent);
    separator = ", ";
  }
  text += ']';
}

}  // namespace detail

/// The parts (strings, numbers, shapes) as one string.
template <class... Parts>
std::string message(const Parts&... parts) {
  std::string text;
  (detail::append(text, parts), ...);
  return text;
}

/// Throws eev::error with the parts as its message unless `condition` holds; the message is only built then.
template <class... Parts>
void require(bool condition, const Parts&... parts) {
  if (!condition) [[unlikely]]
    throw error(message(parts...));
}

/// What `work()` returns. The message of an eev::error that it throws is told behind the name of the file.
template <class Work>
auto naming(const std::string& file, Work work) {
  try {
    return work();
  } catch (const error& problem) {
    throw error(message(file, ": ", problem.what()));
  }
}

}  // namespace eev

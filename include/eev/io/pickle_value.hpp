// In:  nothing.  Out: the values that a pickle describes, as data.  Rests on: core/error.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <eev/core/error.hpp>

namespace eev::io {

enum class pickle_kind : std::uint8_t {
  none,
  boolean,
  integer,
  real,
  text,
  global,
  tuple,
  list,
  set,
  dictionary,
  call,
  persistent
};

inline constexpr std::string_view pickle_kind_names[] = {
    "None",    "a boolean", "an integer", "a float",      "a text",    "a class or function",
    "a tuple", "a list",    "a set",      "a dictionary", "an object", "a storage"};

/// Values lie in one table and refer to each other by their index there, so that however deep they are
/// nested, nothing recurses; a cycle is harmless.
using pickle_index = std::uint32_t;

struct pickle_value {
  pickle_kind kind = pickle_kind::none;
  std::uint8_t depth = 0;    ///< of what it held when it was put together
  std::int64_t integer = 0;  ///< or boolean
  double real = 0;
  std::string_view text{};  ///< or the full name of a global; of an ordered dictionary, its class
  /// The elements. Dictionary: key, value, key, value. Call, which nobody makes: what would be called, its
  /// arguments (a tuple), and the state that would be set, if there is one. Persistent: the identification.
  std::vector<pickle_index> items{};

  std::string_view kind_name() const { return pickle_kind_names[int(kind)]; }
};

}  // namespace eev::io

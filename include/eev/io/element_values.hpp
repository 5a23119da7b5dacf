// In:  elements as files hold them, at any address.  Out: floats, all of them finite.  Rests on: core,
// io/float16.
#pragma once

#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <eev/core/bfloat16.hpp>
#include <eev/core/error.hpp>
#include <eev/core/finite.hpp>
#include <eev/io/float16.hpp>

namespace eev::io {

namespace detail {

/// memcpy, for files align nothing.
template <class Stored>
std::vector<float> widened(std::span<const std::byte> bytes) {
  std::vector<float> values(bytes.size() / sizeof(Stored));
  for (std::size_t i = 0; i < values.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, bytes.data() + i * sizeof stored, sizeof stored);
    values[i] = stored;
  }
  return values;
}

}  // namespace detail

/// The numbers of a tensor whose elements are F32, F16 or BF16. `tensor` names it and its file in errors.
inline std::vector<float> finite_floats(const std::string& tensor, std::string_view type,
                                        std::span<const std::byte> bytes) {
  std::vector<float> values;
  if (type == "F32")
    values = detail::widened<float>(bytes);
  else if (type == "BF16")
    values = detail::widened<bfloat16>(bytes);
  else if (type == "F16")
    values = detail::widened<float16>(bytes);
  else
    require(false, tensor, " is ", type, ", expected F32, F16 or BF16");
  const auto bad =
      std::find_if_not(values.begin(), values.end(), [](float value) { return is_finite(value); });
  require(bad == values.end(), tensor, " holds ", bad == values.end() ? 0.0f : *bad, " at index ",
          bad - values.begin(), ", expected finite numbers");
  return values;
}

}  // namespace eev::io

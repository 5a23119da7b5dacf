// In:  a buffer of a Swin checkpoint.  Out: nothing, or an error: it is not what eev computes in its place.
// Rests on: core/window, io/strided_tensor.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include <eev/core/window.hpp>
#include <eev/io/strided_tensor.hpp>

namespace eev::io {

/// attn.relative_position_index [49, 49]: the row of the bias table for each query and key. `name` names it
/// and its file in errors.
inline void check_relative_position_index(const std::string& name, const strided_tensor& tensor) {
  const std::vector<dim> expected{window_tokens, window_tokens};
  require(tensor.type == "I64" && tensor.shape == expected, name, " is ", tensor.type, " ", tensor.shape,
          ", expected I64 ", expected);
  std::vector<std::byte> scratch;
  const auto bytes = tensor.row_major(scratch);
  for (dim query = 0, i = 0; query < window_tokens; ++query)
    for (dim key = 0; key < window_tokens; ++key, ++i) {
      std::int64_t index;
      std::memcpy(&index, bytes.data() + i * sizeof index, sizeof index);
      require(index == relative_position(query, key), name, " is ", index, " at [", query, ", ", key,
              "], expected ", relative_position(query, key));
    }
}

/// attn_mask [windows, 49, 49] of a square image, shifted by half a window: what is added to logits.
inline void check_attention_mask(const std::string& name, const strided_tensor& tensor) {
  const dim windows = tensor.shape.empty() ? 0 : tensor.shape[0],
            across = std::lround(std::sqrt(double(windows)));
  const dim side = across * window_side, shift = window_side / 2;
  require(across > 0 && across * across == windows &&
              tensor.shape == std::vector<dim>{windows, window_tokens, window_tokens},
          name, " is ", tensor.shape, ", expected [windows, 49, 49]");
  const auto region = [&](dim window, dim token) {
    return 3 * strip(window / across * window_side + token / window_side, shift, side) +
           strip(window % across * window_side + token % window_side, shift, side);
  };
  const auto values = tensor.finite_floats(name);
  auto value = values.begin();
  for (dim window = 0; window < windows; ++window)
    for (dim query = 0; query < window_tokens; ++query)
      for (dim key = 0; key < window_tokens; ++key, ++value) {
        const float expected = region(window, query) == region(window, key) ? 0 : masked_logit;
        require(*value == expected, name, " is ", *value, " at [", window, ", ", query, ", ", key,
                "], expected ", expected);
      }
}

}  // namespace eev::io

// In:  how many windows an image is across.  Out: the buffers that Microsoft's Swin stores, computed as its
// Python does.  Rests on: std.
#pragma once

#include <cstdint>
#include <vector>

#include <eev/core/view.hpp>

namespace eev::test {

/// [49, 49]: coordinates subtracted, moved to start from 0, rows times 13, summed.
inline std::vector<std::int64_t> swin_position_index() {
  std::vector<std::int64_t> index;
  for (int query = 0; query < 49; ++query)
    for (int key = 0; key < 49; ++key)
      index.push_back((query / 7 - key / 7 + 6) * 13 + (query % 7 - key % 7 + 6));
  return index;
}

/// [windows, 49, 49]: the image is cut by slice(0, -7), slice(-7, -3), slice(-3, None) in both directions,
/// the nine parts are numbered, and tokens of other numbers are masked.
inline std::vector<float> swin_attention_mask(dim across) {
  const dim side = 7 * across, cuts[] = {0, side - 7, side - 3, side};
  std::vector<int> image(side * side);
  int number = 0;
  for (int row_part = 0; row_part < 3; ++row_part)
    for (int column_part = 0; column_part < 3; ++column_part, ++number)
      for (dim row = cuts[row_part]; row < cuts[row_part + 1]; ++row)
        for (dim column = cuts[column_part]; column < cuts[column_part + 1]; ++column)
          image[row * side + column] = number;
  std::vector<float> mask;
  for (dim window = 0; window < across * across; ++window) {
    const auto at = [&](dim token) {
      return image[(window / across * 7 + token / 7) * side + window % across * 7 + token % 7];
    };
    for (dim query = 0; query < 49; ++query)
      for (dim key = 0; key < 49; ++key) mask.push_back(at(query) == at(key) ? 0.0f : -100.0f);
  }
  return mask;
}

}  // namespace eev::test

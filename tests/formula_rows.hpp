// Feature rows by formula, the same as rows() of tools/golden/head.py makes.
#pragma once

#include <vector>

#include <eev/core/view.hpp>

namespace eev::test {

/// [B, T, C] between -30/16 and 30/16.
template <class T>
std::vector<T> formula_rows(dim B, dim steps, dim C) {
  std::vector<T> values;
  for (dim b = 0; b < B; ++b)
    for (dim t = 0; t < steps; ++t)
      for (dim c = 0; c < C; ++c)
        values.push_back(T((t * t * 7 + c * c * 13 + t * c * (5 + b) + 11 * b) % 61 - 30) / 16);
  return values;
}

}  // namespace eev::test

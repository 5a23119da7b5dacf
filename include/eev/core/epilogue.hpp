// What a matrix product or a convolution does to each sum before it is stored.
#pragma once

namespace eev {

enum class epilogue {
  none,  ///< y = sum + bias
  relu,  ///< y = max(0, sum + bias)
  gelu,  ///< y = g(sum + bias), g(v) = v (1 + erf(v / sqrt 2)) / 2, the exact form
  add    ///< y = y + sum + bias, a residual connection
};

}  // namespace eev

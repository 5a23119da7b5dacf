// In:  one curve.  Out: the same without its fast changes, not shifted in time.  Rests on: core/view.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <span>
#include <vector>

#include <eev/core/view.hpp>

namespace eev::curve {

/// y[t] = b0 x[t] + b1 x[t-1] + b2 x[t-2] - a1 y[t-1] - a2 y[t-2]; a0 = 1.
struct second_order_filter {
  std::array<double, 3> b, a;
};

/// The low-pass filter 1 / (s^2 + sqrt(2) s + 1) at a cutoff between 0 and 1, the Nyquist frequency: SciPy's
/// butter(2, cutoff). The bilinear transform puts s = (1 - z^-1) / (w (1 + z^-1)), where w = tan(pi cutoff /
/// 2) makes up for its bending of the frequencies.
inline second_order_filter butterworth(double cutoff) {
  require(cutoff > 0 && cutoff < 1, "butterworth: a cutoff of ", cutoff, "; expected one between 0 and 1");
  const double w = std::tan(std::numbers::pi * cutoff / 2), damping = std::numbers::sqrt2 * w;
  const double scale = 1 + damping + w * w, gain = w * w / scale;
  return {{gain, 2 * gain, gain}, {1, 2 * (w * w - 1) / scale, (1 - damping + w * w) / scale}};
}

/// Filters in place, from the state in which the filter rests if all before was as the first sample.
inline void filter_from_rest(const second_order_filter& filter, std::span<double> x) {
  if (x.empty()) return;
  const auto& [b, a] = filter;
  const double gain = (b[0] + b[1] + b[2]) / (1 + a[1] + a[2]);  // of a constant
  double second = (b[2] - a[2] * gain) * x[0], first = (b[1] - a[1] * gain) * x[0] + second;
  for (double& sample : x) {
    const double y = b[0] * sample + first;
    first = b[1] * sample - a[1] * y + second;
    second = b[2] * sample - a[2] * y;
    sample = y;
  }
}

/// So many samples are put before and after a curve that is filtered both ways (SciPy: three times the number
/// of coefficients): it has to have more than these.
inline constexpr dim filter_padding = 9;

/// Filters forward, then backward, which undoes the delay: SciPy's filtfilt. At either end the curve goes on
/// turned by half a circle about its last sample.
inline void filter_both_ways(const second_order_filter& filter, std::span<double> x) {
  const dim T = dim(x.size());
  require(T > filter_padding, "filter_both_ways: ", T, " samples; expected more than ", filter_padding);
  std::vector<double> padded;
  padded.reserve(T + 2 * filter_padding);
  for (dim t = filter_padding; t > 0; --t) padded.push_back(2 * x.front() - x[t]);
  padded.insert(padded.end(), x.begin(), x.end());
  for (dim t = 1; t <= filter_padding; ++t) padded.push_back(2 * x.back() - x[T - 1 - t]);
  for (int way = 0; way < 2; ++way) {
    filter_from_rest(filter, padded);
    std::ranges::reverse(padded);
  }
  std::copy_n(padded.begin() + filter_padding, T, x.begin());
}

}  // namespace eev::curve

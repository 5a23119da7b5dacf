// In:  labels [T, E] at 1 Hz.  Out: the same, smoothed along time.  Rests on: core, curve/butterworth.
//
// The three filters of the paper's Table 2, as SciPy computes them. Its column 2, how much is left of the
// labels, is the score of the smoothed labels against the originals (curve/score.hpp).
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <string_view>
#include <vector>

#include <eev/core/view.hpp>
#include <eev/curve/butterworth.hpp>

namespace eev::curve {

enum class label_filter { none, butterworth, median, gaussian };
inline constexpr std::array<std::string_view, 4> label_filter_names{"none", "butterworth", "median",
                                                                    "gaussian"};

/// The filter of that name.
inline label_filter find_label_filter(std::string_view name) {
  const auto found = std::ranges::find(label_filter_names, name);
  require(found != label_filter_names.end(), "no label filter '", name,
          "'; there are none, butterworth, median, gaussian");
  return label_filter(found - label_filter_names.begin());
}

/// The middle of three neighbours; before the start and past the end there are zeros: SciPy's medfilt(x, 3).
inline void median_of_three(std::span<double> x) {
  double before = 0;
  for (std::size_t t = 0; t < x.size(); ++t) {
    const double here = x[t], after = t + 1 < x.size() ? x[t + 1] : 0;
    x[t] = std::max(std::min(before, here), std::min(std::max(before, here), after));
    before = here;
  }
}

/// Mean weighted by exp(-d^2 / (2 sigma^2)) over distances d up to 4 sigma; past the ends the curve is
/// mirrored (d c b a | a b c d | d c b a): SciPy's gaussian_filter1d(x, sigma).
inline void gaussian(std::span<double> x, double sigma) {
  require(sigma > 0 && sigma < 1e6, "gaussian: sigma ", sigma, "; expected a positive number of samples");
  const dim T = dim(x.size()), radius = dim(4 * sigma + 0.5);
  std::vector<double> weights;  // of distances 0, 1, ...
  double sum = 0;
  for (dim d = 0; d <= radius; ++d) {
    weights.push_back(std::exp(-0.5 * double(d * d) / (sigma * sigma)));
    sum += d == 0 ? 1 : 2 * weights.back();
  }
  const std::vector<double> original(x.begin(), x.end());
  auto mirrored = [&](dim t) {
    const dim place = ((t % (2 * T)) + 2 * T) % (2 * T);
    return original[std::min(place, 2 * T - 1 - place)];
  };
  for (dim t = 0; t < T; ++t) {
    double mean = weights[0] * original[t];
    for (dim d = 1; d <= radius; ++d) mean += weights[d] * (mirrored(t - d) + mirrored(t + d));
    x[t] = mean / sum;
  }
}

/// The paper's choices, on one curve of labels: below 0 there are none.
inline void smooth(label_filter filter, std::span<double> x) {
  if (filter == label_filter::median) median_of_three(x);
  if (filter == label_filter::gaussian) gaussian(x, 0.8);
  if (filter == label_filter::butterworth) {
    filter_both_ways(butterworth(0.2), x);
    for (double& value : x) value = std::max(value, 0.0);
  }
}

/// Smooths each column in place. False if there are too few rows to (fewer than ten, whatever the filter, so
/// that filters are compared on the same labels): these stay as they are, and the caller has a warning to
/// give.
template <class T>
bool filter_labels(label_filter filter, view<T, 2> labels) {
  const auto [rows, E] = labels.shape;
  if (filter == label_filter::none) return true;
  if (rows <= filter_padding) return false;
  std::vector<double> column(rows);
  for (dim e = 0; e < E; ++e) {
    for (dim t = 0; t < rows; ++t) column[t] = double(labels(t, e));
    smooth(filter, column);
    for (dim t = 0; t < rows; ++t) labels(t, e) = T(column[t]);
  }
  return true;
}

}  // namespace eev::curve

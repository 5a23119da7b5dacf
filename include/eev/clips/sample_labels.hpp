// In:  labels [n, E] at 6 Hz.  Out: at 1 Hz, [T, E].  Rests on: core/view.
#pragma once

#include <algorithm>

#include <eev/core/view.hpp>

namespace eev::clips {

/// Label rows a second, as EEV has them.
inline constexpr dim label_rate = 6;

/// The seconds that begin within n label rows: T.
inline dim labelled_seconds(dim rows) { return (rows + label_rate - 1) / label_rate; }

/// Second k has label row 6 k, as the frame shown at that second; nothing is averaged (as in the paper).
inline void sample_labels(view<float, 2> y, const_view<float, 2> labels) {
  const auto [T, E] = y.shape;
  require(T == labelled_seconds(labels.shape[0]) && E == labels.shape[1], "sample_labels: y ", y.shape,
          ", labels ", labels.shape, "; expected y [ceil(n / 6), E], labels [n, E]");
  for (dim k = 0; k < T; ++k) std::ranges::copy(labels[label_rate * k], y[k].begin());
}

}  // namespace eev::clips

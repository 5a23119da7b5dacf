// In:  labels [n, E] at 6 Hz.  Out: at 1 Hz, or another rate that divides 6, [T, E].  Rests on: core/view.
#pragma once

#include <algorithm>

#include <eev/core/view.hpp>

namespace eev::clips {

/// Label rows a second, as EEV has them.
inline constexpr dim label_rate = 6;

/// The steps of `every` label rows that begin within n of them: T, the seconds if nothing else is said.
inline dim labelled_steps(dim rows, dim every = label_rate) { return (rows + every - 1) / every; }

/// Step k has label row `every` k, as the frame shown at that time; nothing is averaged (as in the paper).
inline void sample_labels(view<float, 2> y, const_view<float, 2> labels, dim every = label_rate) {
  const auto [T, E] = y.shape;
  require(every > 0 && T == labelled_steps(labels.shape[0], every) && E == labels.shape[1],
          "sample_labels: y ", y.shape, ", labels ", labels.shape, ", every ", every,
          "; expected y [ceil(n / every), E], labels [n, E]");
  for (dim k = 0; k < T; ++k) std::ranges::copy(labels[every * k], y[k].begin());
}

}  // namespace eev::clips

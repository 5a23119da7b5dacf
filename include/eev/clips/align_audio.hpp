// In:  audio rows [A, C], one every `hop` seconds.  Out: one for each visual row, [T, C].  Rests on: core.
#pragma once

#include <algorithm>

#include <eev/core/rational.hpp>
#include <eev/core/table.hpp>
#include <eev/core/view.hpp>

namespace eev::clips {

/// The audio row that begins nearest to visual row k, which is shown at k / rate seconds (halfway: the later
/// one); past the end, the last. With a hop of 1 / rate it is row k.
inline dim audio_row(dim k, rational rate, rational hop, dim audio_rows) {
  return std::min<dim>((rational(k) / (rate * hop)).round(), audio_rows - 1);
}

/// y [T, C]: for each visual row its row of audio [A, C].
inline void align_audio(view<float, 2> y, const_view<float, 2> audio, rational rate, rational hop) {
  const auto [T, C] = y.shape;
  require(audio.shape[0] > 0 && audio.shape[1] == C && rate > 0 && hop > 0, "align_audio: y ", y.shape,
          ", audio ", audio.shape, ", rate ", rate.value(), ", hop ", hop.value(),
          "; expected audio [A, C] of at least one row, a positive rate and a positive hop");
  for (dim k = 0; k < T; ++k) std::ranges::copy(audio[audio_row(k, rate, hop, audio.shape[0])], y[k].begin());
}

/// The same as a table of `rows` rows, for audio at `audio_rate` rows a second.
inline table align_audio(const table& audio, dim rows, rational rate, rational audio_rate) {
  table y(audio.columns(), rows);
  align_audio(y.tensor(), audio.tensor(), rate, rational(1) / audio_rate);
  return y;
}

}  // namespace eev::clips

// In:  audio rows [A, C], one every `hop` seconds.  Out: one for each visual row, [T, C].  Rests on: core.
//
// The authors' code does not ask how far apart audio rows are: audio_index::drift.
#pragma once

#include <algorithm>

#include <eev/core/rational.hpp>
#include <eev/core/table.hpp>
#include <eev/core/view.hpp>

namespace eev::clips {

enum class audio_index {
  aligned,  ///< the audio row that begins nearest to the visual row (halfway: the later one)
  drift     ///< row k for second k, whatever the hop
};

/// The audio row for visual row k, which is shown at k / rate seconds; past the end, the last. With a hop of
/// 1 / rate it is row k.
inline dim audio_row(dim k, rational rate, rational hop, dim audio_rows,
                     audio_index how = audio_index::aligned) {
  const rational second = rational(k) / rate;
  return std::min<dim>(how == audio_index::drift ? second.floor() : (second / hop).round(), audio_rows - 1);
}

/// y [T, C]: for each visual row its row of audio [A, C].
inline void align_audio(view<float, 2> y, const_view<float, 2> audio, rational rate, rational hop,
                        audio_index how = audio_index::aligned) {
  const auto [T, C] = y.shape;
  require(audio.shape[0] > 0 && audio.shape[1] == C && rate > 0 && hop > 0, "align_audio: y ", y.shape,
          ", audio ", audio.shape, ", rate ", rate.value(), ", hop ", hop.value(),
          "; expected audio [A, C] of at least one row, a positive rate and a positive hop");
  for (dim k = 0; k < T; ++k)
    std::ranges::copy(audio[audio_row(k, rate, hop, audio.shape[0], how)], y[k].begin());
}

/// The same as a table of `rows` rows, for audio at `audio_rate` rows a second. No audio gives none.
inline table align_audio(const table& audio, dim rows, rational rate, rational audio_rate,
                         audio_index how = audio_index::aligned) {
  table y(audio.columns(), rows);
  if (audio.columns() > 0) align_audio(y.tensor(), audio.tensor(), rate, rational(1) / audio_rate, how);
  return y;
}

}  // namespace eev::clips

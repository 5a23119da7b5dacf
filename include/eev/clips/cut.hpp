// In:  how many rows a video has.  Out: the clips they are cut into, as batches.  Rests on: core/view.
//
// Rows that follow each other are clips that follow each other: a batch of clips is the same memory, and
// nothing is copied or padded.
#pragma once

#include <algorithm>
#include <vector>

#include <eev/core/view.hpp>

namespace eev::clips {

/// The paper's clips: 60 s at one row a second.
inline constexpr dim clip_rows = 60;

/// So many clips go through the head together, which bounds its memory whatever the video's length.
inline constexpr dim batch_clips = 64;

/// `clips` clips of `rows` rows each, the first of which begins at row `begin`.
struct batch {
  dim begin, clips, rows;

  bool operator==(const batch&) const = default;
};

/// Clips of `length` rows, at most `at_once` a batch; if rows are left, a shorter clip alone at the end.
inline std::vector<batch> cut(dim rows, dim length = clip_rows, dim at_once = batch_clips) {
  require(rows >= 0 && length > 0 && at_once > 0, "clips: ", rows, " rows, ", length, " a clip, ", at_once,
          " clips a batch; expected positive numbers");
  std::vector<batch> batches;
  const dim whole = rows / length, rest = rows % length;
  for (dim clip = 0; clip < whole; clip += at_once)
    batches.push_back({clip * length, std::min(at_once, whole - clip), length});
  if (rest > 0) batches.push_back({whole * length, 1, rest});
  return batches;
}

/// The rows [T, C] of a batch as [clips, rows, C].
template <class T>
view<T, 3> clips_of(view<T, 2> all, const batch& part) {
  return all.slices(part.begin, part.begin + part.clips * part.rows).as(part.clips, part.rows, all.shape[1]);
}

}  // namespace eev::clips

// In:  videos, a recipe, an epoch.  Out: its clips in order, and batches of them.  Rests on: core/random,
// train/labelled_set.
//
// One clip of each video is one epoch. Every choice is a function of the seed and the epoch, so that a run
// that is resumed chooses as it would have.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <eev/core/random.hpp>
#include <eev/train/labelled_set.hpp>

namespace eev::train {

/// What random numbers are for.
enum class purpose : std::uint64_t { first_weights, clip_starts, clip_order, dropout };

/// A clip of the video of that index: it begins at row `begin`.
struct clip {
  std::size_t video;
  dim begin;

  bool operator==(const clip&) const = default;
};

/// In how many places a clip of a video can begin. The authors take 60 rows from the 6 Hz labels where they
/// mean 60 seconds, and run over the end.
inline dim clip_starts(const recipe& recipe, const labelled_video& video) {
  const dim last = recipe.overrunning_starts ? (video.label_rows - recipe.clip_rows()) / recipe.label_step()
                                             : video.rows() - recipe.clip_rows();
  return std::max<dim>(last, 0) + 1;
}

/// A clip of each video, shuffled.
inline std::vector<clip> clips_of_epoch(const recipe& recipe, std::span<const labelled_video> videos,
                                        int epoch) {
  const auto below = [](std::uint64_t bits, std::uint64_t count) {  // a whole number from 0 to count - 1
    return std::uint64_t(wide_integer(bits >> 1) * wide_integer(count) >> 63);
  };
  const auto stream = [&](purpose what) { return random_stream(recipe.seed, what, epoch); };
  std::vector<clip> clips;
  for (std::size_t i = 0; i < videos.size(); ++i) {
    const auto starts = std::uint64_t(clip_starts(recipe, videos[i]));
    clips.push_back({i, dim(below(random_bits(stream(purpose::clip_starts), i), starts))});
  }
  for (std::size_t i = clips.size(); i > 1; --i)
    std::swap(clips[i - 1], clips[below(random_bits(stream(purpose::clip_order), i), i)]);
  return clips;
}

/// Clips of one length, on the host.
struct clip_batch {
  dim clips = 0, rows = 0;                         // B, T
  std::vector<float> visual, audio, labels, mask;  // [B, T, C], [B, T, A], [B, T, E], [B, T]
  std::vector<float> videos;                       // [2 B], their indices in the set, twice over
};

/// Fills a batch. What is past the end of a video is its last row again; it counts only with
/// overrunning_starts.
inline void fill(clip_batch& batch, const recipe& recipe, const labelled_set& set,
                 std::span<const clip> clips) {
  const dim T = recipe.clip_rows(), E = dim(expressions.size());
  const dim C = recipe.visual_units > 0 ? set.visual_width : 0,
            A = recipe.audio_units > 0 ? set.audio_width : 0;
  batch.clips = dim(clips.size()), batch.rows = T;
  const dim R = batch.clips * T;
  batch.visual.resize(R * C), batch.audio.resize(R * A), batch.labels.resize(R * E), batch.mask.resize(R);
  batch.videos.clear();
  for ([[maybe_unused]] int time : {0, 1})
    for (const clip& clip : clips) batch.videos.push_back(float(clip.video));
  dim row = 0;
  for (const auto [index, begin] : clips) {
    const labelled_video& video = set.videos[index];
    for (dim t = begin; t < begin + T; ++t, ++row) {
      const bool over = t >= video.rows();
      // The authors hold the row of a whole second before the end; for short videos there is none.
      const dim last = recipe.overrunning_starts ? video.label_rows / recipe.label_step() : video.rows();
      const dim held = over ? std::clamp<dim>(last - 1, 0, video.rows() - 1) : t;
      if (C > 0) video.features.visual.read(held, view<float, 1>{batch.visual.data() + row * C, {C}});
      if (A > 0) {
        const dim heard = over && recipe.overrunning_starts ? video.features.audio.rows() - 1
                                                            : audio_row_of(recipe, video.features, held);
        video.features.audio.read(heard, view<float, 1>{batch.audio.data() + row * A, {A}});
      }
      std::ranges::copy(video.labels.tensor()[held], batch.labels.begin() + row * E);
      batch.mask[row] = video.counted[held] && (!over || recipe.overrunning_starts) ? 1 : 0;
    }
  }
}

}  // namespace eev::train

// In:  videos, a network from features to scores.  Out: their curves, or how well these go with the labels.
// Rests on: clips, curve; train/labelled_set.
#pragma once

#include <algorithm>
#include <numeric>
#include <vector>

#include <eev/clips/cut.hpp>
#include <eev/curve/interpolate.hpp>
#include <eev/curve/score.hpp>
#include <eev/train/labelled_set.hpp>

namespace eev::train {

/// The scores [T, E] of each video at the rate of training. As in prediction, a video is cut into clips that
/// do not see each other. network(y, visual, audio) scores clips on the device: y [B, T, E], visual
/// [B, T, C], audio [B, T, A].
template <class Device, class Network>
std::vector<table> score_videos(Device& device, const recipe& recipe, const labelled_set& set,
                                const Network& network) {
  using scalar = typename Device::scalar;
  struct piece {
    std::size_t video;
    dim begin, rows;
  };
  std::vector<table> scores;
  std::vector<piece> pieces;
  for (const labelled_video& video : set.videos) {
    const dim steps = steps_of(video.features);
    for (const clips::batch& part : clips::cut(steps, recipe.clip_rows(), 1))
      pieces.push_back({scores.size(), part.begin, part.rows});
    scores.emplace_back(dim(expressions.size()), steps);
  }
  // Clips of one length go together, whatever video they are of.
  std::ranges::stable_sort(pieces, std::greater(), &piece::rows);
  const dim E = dim(expressions.size());
  const dim C = recipe.visual_units > 0 ? set.visual_width : 0,
            A = recipe.audio_units > 0 ? set.audio_width : 0;
  for (std::size_t first = 0, next; first < pieces.size(); first = next) {
    const dim T = pieces[first].rows;
    next = first;
    while (next < pieces.size() && pieces[next].rows == T && next - first < clips::batch_clips) ++next;
    const dim B = dim(next - first);
    table seen(C, C > 0 ? B * T : 0), heard(A, A > 0 ? B * T : 0), found(E, B * T);
    for (dim row = 0; row < B * T; ++row) {
      const auto [index, begin, rows] = pieces[first + std::size_t(row / T)];
      const io::video_features& features = set.videos[index].features;
      const dim t = begin + row % T;
      if (C > 0) features.visual.read(t, seen.tensor()[row]);
      if (A > 0) features.audio.read(audio_row_of(recipe, features, t), heard.tensor()[row]);
    }
    auto scope = device.scope();
    const auto on_device = [&](const table& rows, dim width) {
      auto copy = device.template take<scalar>(B, T, width);
      device.upload(copy.rows(), rows.tensor());
      return copy;
    };
    const auto visual = on_device(seen, C), audio = on_device(heard, A);
    auto y = device.template take<scalar>(B, T, E);
    network(y, visual, audio);
    device.download(found.tensor(), y.rows());
    for (dim b = 0; b < B; ++b) {
      const auto [index, begin, rows] = pieces[first + std::size_t(b)];
      std::ranges::copy(found.tensor().slices(b * T, (b + 1) * T),
                        scores[index].tensor().slices(begin, begin + T).begin());
    }
  }
  return scores;
}

/// Scores at the rate of training as curves at 6 Hz, as long as the labels: [n, E] of each video.
inline std::vector<table> dense_curves(const labelled_set& set, const recipe& recipe,
                                       const std::vector<table>& scores) {
  std::vector<table> curves;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    curves.emplace_back(dim(expressions.size()), set.videos[i].label_rows);
    curve::interpolate(curves[i].tensor(), scores[i].tensor(), clips::label_rate, recipe.rate);
  }
  return curves;
}

/// How well curves at 6 Hz go with the labels.
inline curve::score score_of(const validation_set& validation, const std::vector<table>& curves) {
  curve::scorer scorer = validation.labels;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    std::vector<std::int64_t> microseconds(curves[i].rows());
    for (dim k = 0; k < curves[i].rows(); ++k)
      microseconds[k] = (rational(k) * 1'000'000 / clips::label_rate).floor();
    scorer.add_predictions(validation.set.videos[i].id(), microseconds, curves[i].tensor());
  }
  return scorer.result();
}

/// The same of scores at the rate of training.
inline curve::score score_against(const validation_set& validation, const recipe& recipe,
                                  const std::vector<table>& scores) {
  return score_of(validation, dense_curves(validation.set, recipe, scores));
}

}  // namespace eev::train

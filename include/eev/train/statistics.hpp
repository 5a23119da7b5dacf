// In:  videos.  Out: mean and standard deviation of each column of their features.  Rests on:
// train/labelled_set.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include <eev/train/labelled_set.hpp>

namespace eev::train {

struct column_statistics {
  std::vector<float> mean, deviation;  // a column that never changes has the deviation 1
};

/// Over all rows of `rows` of all videos, video_features::visual or audio. In double and relative to the
/// first row, so that little is lost and what is constant is exactly so.
inline column_statistics statistics_of(std::span<const labelled_video> videos,
                                       io::stored_rows io::video_features::*rows) {
  const dim C = (videos.front().features.*rows).columns();
  std::vector<float> first(C), row(C);
  std::vector<double> sum(C), square(C);
  (videos.front().features.*rows).read(0, view<float, 1>{first.data(), {C}});
  double count = 0;
  for (const labelled_video& video : videos) {
    const io::stored_rows& stored = video.features.*rows;
    for (dim t = 0; t < stored.rows(); ++t, ++count) {
      stored.read(t, view<float, 1>{row.data(), {C}});
      for (dim c = 0; c < C; ++c) {
        const double value = double(row[c]) - double(first[c]);
        sum[c] += value, square[c] += value * value;
      }
    }
  }
  column_statistics statistics{std::vector<float>(C), std::vector<float>(C)};
  for (dim c = 0; c < C; ++c) {
    const double mean = sum[c] / count;
    const float deviation = float(std::sqrt(std::max(square[c] / count - mean * mean, 0.0)));
    statistics.mean[c] = float(double(first[c]) + mean);
    statistics.deviation[c] = deviation > 0 ? deviation : 1;
  }
  return statistics;
}

}  // namespace eev::train

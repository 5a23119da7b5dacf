// In:  labels and predictions, video by video.  Out: the score.  Rests on: core, curve/pearson.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <eev/core/expressions.hpp>
#include <eev/core/finite.hpp>
#include <eev/core/table.hpp>
#include <eev/curve/pearson.hpp>

namespace eev::curve {

/// What a correlation counts that is not defined, because the label or the prediction is constant. The
/// paper's authors take zero, others -1.
enum class constant_curve { zero, minus_one, skip };

struct score_rules {
  constant_curve constant = constant_curve::zero;
  double epsilon = 0;  // added to the denominator of each correlation; the authors: 1e-6
};

/// Not-a-number stands where all that goes into a mean was skipped, or there is nothing.
struct score {
  double mean;                                           // over the expressions of a video, then over videos
  dim videos;                                            // that were scored
  std::array<double, expressions.size()> by_expression;  // over videos

  /// Label rows that have no prediction; all rows: the video is missing.
  struct gap {
    std::string id;
    dim missing, rows;
  };
  std::vector<gap> gaps;      // in the order of the labels
  dim extra_predictions = 0;  // rows that belong to no label row,
  dim in_no_video = 0;        // and those of them whose video has no labels
};

/// Label rows and predictions are joined on the video's ID and round(6 x seconds), whatever their rates and
/// gaps. First come all labels, then the predictions, in any order; the latter are not kept.
class scorer {
 public:
  explicit scorer(const score_rules& rules = {}) : rules_(rules) {}

  /// Rows [n, E] at the given times, which go forward. Several at one sixth of a second have one partner.
  void add_labels(const std::string& id, std::span<const std::int64_t> microseconds,
                  const_view<float, 2> rows) {
    require_rows("labels", id, microseconds, rows);
    labelled video{id, {}, table(rows.shape[1], rows.shape[0]), 0, {}, false};
    for (const std::int64_t time : microseconds) video.sixths.push_back(nearest_sixth(time));
    std::copy(rows.begin(), rows.end(), video.rows.tensor().begin());
    require(numbers_.try_emplace(id, videos_.size()).second, "score: labels of video ", id, " twice");
    videos_.push_back(std::move(video));
  }

  /// Rows [n, E] at the given times, which go forward. Of several at one sixth of a second the nearest to it
  /// counts.
  void add_predictions(const std::string& id, std::span<const std::int64_t> microseconds,
                       const_view<float, 2> rows) {
    require_rows("predictions", id, microseconds, rows);
    const auto found = numbers_.find(id);
    if (found == numbers_.end()) {
      in_no_video_ += rows.shape[0];
      return;
    }
    labelled& video = videos_[found->second];
    require(!video.predicted, "score: predictions of video ", id, " twice");
    video.predicted = true;
    const std::vector<dim> partners = join(video.sixths, microseconds);
    video.joined = dim(partners.size()) - std::ranges::count(partners, none);
    extra_predictions_ += rows.shape[0] - different(partners);

    table labels(video.rows.columns(), video.joined), predictions = labels;
    for (dim i = 0, row = 0; i < dim(partners.size()); ++i) {
      if (partners[i] == none) continue;
      std::ranges::copy(video.rows.tensor()[i], labels.tensor()[row].begin());
      std::ranges::copy(rows[partners[i]], predictions.tensor()[row++].begin());
    }
    pearson(view<double, 1>{video.r.data(), {dim(video.r.size())}}, labels.tensor(), predictions.tensor(),
            rules_.epsilon);
  }

  score result() const {
    score result{};
    result.extra_predictions = extra_predictions_ + in_no_video_;
    result.in_no_video = in_no_video_;
    mean_of over_videos;
    std::array<mean_of, expressions.size()> over_videos_of;
    for (const labelled& video : videos_) {
      if (video.joined < video.rows.rows())
        result.gaps.push_back({video.id, video.rows.rows() - video.joined, video.rows.rows()});
      if (video.joined == 0) continue;
      ++result.videos;
      mean_of over_expressions;
      for (std::size_t e = 0; e < expressions.size(); ++e) {
        if (is_nan(video.r[e]) && rules_.constant == constant_curve::skip) continue;
        const double instead = rules_.constant == constant_curve::zero ? 0 : -1;
        const double r = is_nan(video.r[e]) ? instead : video.r[e];
        over_expressions.add(r);
        over_videos_of[e].add(r);
      }
      if (over_expressions.count > 0) over_videos.add(over_expressions.value());
    }
    result.mean = over_videos.value();
    for (std::size_t e = 0; e < expressions.size(); ++e) result.by_expression[e] = over_videos_of[e].value();
    return result;
  }

 private:
  static constexpr dim none = -1;

  struct labelled {
    std::string id;
    std::vector<std::int64_t> sixths;  // of a second, one for each row
    table rows;
    dim joined;                                // rows that have a prediction
    std::array<double, expressions.size()> r;  // over these; not-a-number for a constant curve
    bool predicted;
  };

  struct mean_of {
    double sum = 0;
    dim count = 0;
    void add(double value) { sum += value, ++count; }
    double value() const { return sum / double(count); }
  };

  static std::int64_t nearest_sixth(std::int64_t microseconds) {
    return (6 * microseconds + 500'000) / 1'000'000;
  }

  /// For each label row the row of its prediction, or none.
  static std::vector<dim> join(std::span<const std::int64_t> sixths,
                               std::span<const std::int64_t> microseconds) {
    std::vector<dim> partners(sixths.size(), none);
    std::size_t k = 0;
    for (std::size_t i = 0; i < sixths.size(); ++i) {
      if (i > 0 && sixths[i] == sixths[i - 1]) {
        partners[i] = partners[i - 1];
        continue;
      }
      const auto distance = [&](std::int64_t time) { return std::abs(6 * time - 1'000'000 * sixths[i]); };
      while (k < microseconds.size() && nearest_sixth(microseconds[k]) < sixths[i]) ++k;
      for (; k < microseconds.size() && nearest_sixth(microseconds[k]) == sixths[i]; ++k)
        if (partners[i] == none || distance(microseconds[k]) < distance(microseconds[partners[i]]))
          partners[i] = dim(k);
    }
    return partners;
  }

  /// How many predictions are partners, which go forward.
  static dim different(const std::vector<dim>& partners) {
    dim count = 0, last = none;
    for (const dim partner : partners)
      if (partner != none && partner != last) ++count, last = partner;
    return count;
  }

  static void require_rows(std::string_view what, const std::string& id,
                           std::span<const std::int64_t> microseconds, const_view<float, 2> rows) {
    require(rows.shape[0] == dim(microseconds.size()) && rows.shape[1] == dim(expressions.size()),
            "score: ", what, " of video ", id, " ", rows.shape, " at ", microseconds.size(),
            " times; expected as many rows as times, and ", expressions.size(), " columns");
    for (std::size_t k = 0; k < microseconds.size(); ++k)
      if (microseconds[k] < (k == 0 ? 0 : microseconds[k - 1] + 1) || microseconds[k] > latest)
        throw error(message("score: ", what, " of video ", id, ", row ", k, " is at ", microseconds[k],
                            " us; expected a later time than in the row before"));
    for (dim i = 0; i < rows.size(); ++i)
      if (!is_finite(rows.data[i]))
        throw error(message("score: ", what, " of video ", id, ", row ", i / rows.shape[1], ": ",
                            expressions[i % rows.shape[1]], " is ", rows.data[i],
                            "; expected a finite number"));
  }

  static constexpr std::int64_t latest = 1'000'000'000'000'000;  // six of it fit 64 bits

  score_rules rules_;
  std::vector<labelled> videos_;
  std::unordered_map<std::string, std::size_t> numbers_;
  dim extra_predictions_ = 0, in_no_video_ = 0;  // the former in videos with labels
};

}  // namespace eev::curve

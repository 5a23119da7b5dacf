// In:  a folder of features, a CSV of labels.  Out: the videos that have both, ready for training or
// validation.  Rests on: io/eev_csv, io/feature_store; clips, curve, train/recipe.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <eev/clips/align_audio.hpp>
#include <eev/clips/sample_labels.hpp>
#include <eev/core/random.hpp>
#include <eev/curve/label_filters.hpp>
#include <eev/curve/score.hpp>
#include <eev/io/eev_csv.hpp>
#include <eev/io/feature_store.hpp>
#include <eev/train/recipe.hpp>

namespace eev::train {

/// A video with labels at the rate of training.
struct labelled_video {
  io::video_features features;
  table labels;               // [T, E]
  std::vector<char> counted;  // [T], 1: the row is learned from
  dim label_rows;             // n, at 6 Hz

  const std::string& id() const { return features.id; }
  dim rows() const { return labels.rows(); }
};

struct labelled_set {
  std::vector<labelled_video> videos;  // in the order of the labels
  dim visual_width = 0, audio_width = 0;

  /// What `eev extract` said about how the features were made, the same for all; "" where it did not.
  std::map<std::string, std::string> metadata;

  // What there is to tell: labels without features, features without labels, videos too short to smooth,
  // labels that go on for more than `longest_excess` seconds after their features.
  std::vector<std::string> without_features, without_labels, unfiltered, beyond_features;
};

/// Labels of a video are rarely as long as its features to the second, but hardly ever this much longer.
inline constexpr dim longest_excess = 10;

/// Visual row t of a video and the audio row that goes with it, as the recipe has it.
inline dim audio_row_of(const recipe& recipe, const io::video_features& features, dim t) {
  return clips::audio_row(
      t, features.rate, features.audio_hop, features.audio.rows(),
      recipe.audio_index == "drift" ? clips::audio_index::drift : clips::audio_index::aligned);
}

/// The steps that the features of a video cover.
inline dim steps_of(const io::video_features& features) {
  if (features.visual.rows() > 0) return features.visual.rows();
  return (rational(features.audio.rows()) * features.audio_hop * features.rate).ceil();
}

namespace detail {

/// Throws unless the features are of the recipe's rate and fit those before.
inline void check_features(labelled_set& set, const recipe& recipe, const io::video_features& features) {
  const bool first = set.visual_width + set.audio_width == 0;
  const auto check_rows = [&](const char* name, const io::stored_rows& rows, int units, dim& width) {
    if (units == 0) return;
    require(rows.rows() > 0, features.path(), ": no tensor '", name, "', which a head of ", units, " ", name,
            " units learns from");
    if (first) width = rows.columns();
    require(rows.columns() == width, features.path(), ": tensor '", name, "' has rows of ", rows.columns(),
            ", expected ", width, " as in the other files");
  };
  check_rows("visual", features.visual, recipe.visual_units, set.visual_width);
  check_rows("audio", features.audio, recipe.audio_units, set.audio_width);
  require(features.rate == recipe.rate, features.path(), ": has ", io::decimal(features.rate),
          " rows a second, expected ", recipe.rate, "; extract it at that rate, or train with --rate");
  for (const char* key : io::shared_metadata) {
    if (first) set.metadata[key] = features.metadata(key);
    const std::string found = features.metadata(key), &expected = set.metadata[key];
    require(found == expected, features.path(), ": ", key, " is '", found, "', expected '", expected,
            "' as in the other files; the features of one head are all made alike");
  }
}

/// Labels [n, E] at 6 Hz as the recipe wants them.
inline labelled_video label(const recipe& recipe, io::video_features features, const table& dense,
                            std::vector<std::string>& unfiltered) {
  const dim n = dense.rows(), step = recipe.label_step();
  table labels(dense.columns(), clips::labelled_steps(n, step));
  clips::sample_labels(labels.tensor(), dense.tensor(), step);
  // What is beyond the features cannot be learned.
  const dim T = std::min(labels.rows(), steps_of(features));
  table kept(labels.columns(), T);
  std::copy_n(labels.tensor().begin(), kept.tensor().size(), kept.tensor().begin());

  std::vector<char> counted(T, 1);
  if (recipe.mask_zero_rows)
    for (dim t = 0; t < T; ++t)
      counted[t] = std::ranges::any_of(kept.tensor()[t], [](float score) { return score != 0; });
  if (!curve::filter_labels(curve::find_label_filter(recipe.label_filter), kept.tensor()))
    unfiltered.push_back(features.id);
  return {std::move(features), std::move(kept), std::move(counted), n};
}

}  // namespace detail

/// The videos that have features in `folder` and labels in `csv`, features of the same kind as those of
/// `like`. `see` is shown the labels of each as they are in the file.
template <class See>
labelled_set read_labelled_set(const std::string& folder, const std::string& csv, const recipe& recipe,
                               const labelled_set& like, const See& see) {
  labelled_set set;
  set.visual_width = like.visual_width, set.audio_width = like.audio_width, set.metadata = like.metadata;
  const auto available = io::list_features(folder);
  std::vector<char> labelled(available.size(), 0);
  io::eev_csv file(csv);
  for (io::video_rows video; file.next(video);) {
    const auto found = std::ranges::lower_bound(available, video.id);
    if (found == available.end() || *found != video.id) {
      set.without_features.push_back(video.id);
      continue;
    }
    labelled[found - available.begin()] = 1;
    auto features = io::open_features(folder + "/" + video.id + ".safetensors", video.id);
    detail::check_features(set, recipe, features);
    see(video);
    if (rational(video.rows()) / clips::label_rate >
        rational(steps_of(features)) / recipe.rate + longest_excess)
      set.beyond_features.push_back(video.id);
    set.videos.push_back(detail::label(recipe, std::move(features), video.scores, set.unfiltered));
  }
  for (std::size_t i = 0; i < available.size(); ++i)
    if (!labelled[i]) set.without_labels.push_back(available[i]);
  require(!set.videos.empty(), csv, ": none of its ", set.without_features.size(), " videos has features in ",
          folder, ", which has those of ", available.size());
  return set;
}

/// A set to learn from. Throws where there is nothing to learn.
inline labelled_set read_labelled_set(const std::string& folder, const std::string& csv,
                                      const recipe& recipe) {
  auto set = read_labelled_set(folder, csv, recipe, {}, [](const io::video_rows&) {});
  dim rows = 0, counted = 0;
  for (const labelled_video& video : set.videos)
    rows += video.rows(), counted += std::ranges::count(video.counted, 1);
  require(counted > 0, csv, ": all ", rows,
          " rows to learn from are zero in every expression, and the setting "
          "mask_zero_rows leaves such rows out; expected labels that say something, or --no-mask-zero-rows");
  return set;
}

/// A number for what the videos are, and how their features were made: a run that is resumed must have the
/// same.
inline std::string fingerprint(const labelled_set& set) {
  std::uint64_t hash = 0;
  const auto add = [&](std::uint64_t value) { hash = random_bits(hash, value); };
  const auto add_text = [&](const std::string& text) {
    for (const unsigned char letter : text) add(letter);
  };
  for (const auto& [key, value] : set.metadata) add_text(key), add_text(value);
  for (const labelled_video& video : set.videos) {
    add_text(video.id());
    for (const io::stored_rows* rows : {&video.features.visual, &video.features.audio})
      add(std::uint64_t(rows->rows())), add(std::uint64_t(rows->columns()));
    add(std::uint64_t(video.label_rows));
    for (const float label : video.labels.tensor()) add(std::bit_cast<std::uint32_t>(label));
  }
  return std::to_string(hash);
}

/// A set for validation, and its labels as a scorer has them.
struct validation_set {
  labelled_set set;
  curve::scorer labels;
};

inline validation_set read_validation_set(const std::string& folder, const std::string& csv,
                                          const recipe& recipe, const labelled_set& like = {}) {
  validation_set validation{{}, curve::scorer({.epsilon = recipe.score_epsilon})};
  validation.set = read_labelled_set(folder, csv, recipe, like, [&](const io::video_rows& video) {
    validation.labels.add_labels(video.id, video.microseconds, video.scores.tensor());
  });
  return validation;
}

}  // namespace eev::train

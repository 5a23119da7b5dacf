// In:  settings of a training run, features and labels.  Out: the run's score, kept for the next time.  Rests
// on: eev/train.hpp.
#pragma once

#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <eev/train.hpp>
#include <eev/train/settings.hpp>

namespace ablation {

using settings = std::map<std::string, std::string>;

/// Where everything is. Training and validation videos share the folders of features.
struct data {
  std::string features, dense_features;    // at 1 Hz and at 6 Hz
  std::string training, validation, test;  // labels
  std::string runs;                        // a folder for what is trained

  const std::string& features_of(const eev::train::recipe& recipe) const {
    return recipe.rate == 1 ? features : dense_features;
  }
};

inline eev::train::recipe recipe_of(const settings& base, const settings& changes, int seed) {
  eev::train::recipe recipe = eev::train::find_recipe("default");
  for (const auto* chosen : {&base, &changes})
    for (const auto& [name, text] : *chosen) eev::train::set(recipe, name, text);
  recipe.seed = std::uint64_t(seed);
  eev::train::check(recipe);
  return recipe;
}

/// A run that has been done: its best score in validation, and where its head is.
struct run {
  eev::train::recipe recipe;
  double validation;
  std::string head;
};

/// Each video gets the labels of the next: nothing is left to learn from them.
inline void shuffle_labels(eev::train::labelled_set& set) {
  auto first = std::pair(set.videos[0].labels, set.videos[0].counted);
  for (std::size_t i = 0; i < set.videos.size(); ++i) {
    auto& video = set.videos[i];
    auto [labels, counted] =
        i + 1 < set.videos.size() ? std::pair(set.videos[i + 1].labels, set.videos[i + 1].counted) : first;
    const eev::dim rows = std::min(labels.rows(), eev::train::steps_of(video.features));
    video.labels = eev::table(labels.columns(), rows);
    std::copy_n(labels.tensor().begin(), video.labels.tensor().size(), video.labels.tensor().begin());
    counted.resize(std::size_t(rows));
    video.counted = counted;
  }
}

inline run train(const data& data, const std::string& name, const eev::train::recipe& recipe,
                 bool shuffled = false) {
  const std::string folder = eev::message(data.runs, "/", name, "-", recipe.seed);
  std::filesystem::create_directories(folder);
  const std::string& features = data.features_of(recipe);
  auto training = eev::train::read_labelled_set(features, data.training, recipe);
  const auto validation = eev::train::read_validation_set(features, data.validation, recipe, training);
  if (recipe.merge_validation)
    training.videos.insert(training.videos.end(), validation.set.videos.begin(), validation.set.videos.end());
  if (shuffled) shuffle_labels(training);
  eev::cpu::device device;
  eev::train::trainer trainer(device, recipe, training, validation, folder, true);
  while (!trainer.finished()) trainer.run_epoch();
  std::fprintf(stderr, "%s: %.4f in epoch %d\n", folder.c_str(), trainer.best_score(), trainer.best_epoch());
  return {recipe, trainer.best_score(), folder + "/best.safetensors"};
}

/// The scores [T, 15] of each video of a set, by the head of a run.
inline std::vector<eev::table> predict(const run& run, const eev::train::labelled_set& set) {
  eev::cpu::device device;
  const auto file = std::make_shared<eev::io::safetensors_source>(run.head);
  const eev::head<eev::cpu::device> head(device, eev::weights(file), eev::train::shape_of(run.recipe, set));
  return eev::train::score_videos(device, run.recipe, set,
                                  [&](auto y, auto visual, auto audio) { head(device, y, visual, audio); });
}

/// How well scores at the recipe's rate, one table a video, go with the labels at 6 Hz.
inline double score(const eev::train::validation_set& set, const eev::train::recipe& recipe,
                    const std::vector<eev::table>& scores) {
  return eev::train::score_of(set, eev::train::dense_curves(set.set, recipe, scores)).mean;
}

/// "0.4321 +- 0.0123": mean and sample deviation.
inline std::string mean_and_spread(const std::vector<double>& values) {
  double mean = 0, squares = 0;
  for (const double value : values) mean += value / double(values.size());
  for (const double value : values) squares += (value - mean) * (value - mean);
  std::array<char, 64> text;
  std::snprintf(text.data(), text.size(), "%.4f +- %.4f", mean,
                values.size() > 1 ? std::sqrt(squares / double(values.size() - 1)) : 0);
  return text.data();
}

}  // namespace ablation

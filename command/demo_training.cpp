// In:  features and labels of a corpus.  Out: trained heads, and how they do on clips that nothing was
// learned from.
#include "demo_training.hpp"

#include <algorithm>

#include <eev/curve/interpolate.hpp>
#include <eev/train/score_videos.hpp>

#include "output.hpp"
#include "signals.hpp"
#include "training.hpp"

namespace eev::command {
namespace {

/// The mean of the labels that are learned from, at each step; beyond the longest video, the last.
std::vector<table> mean_curves(const train::labelled_set& training, const train::labelled_set& test) {
  const dim E = dim(expressions.size());
  dim longest = 0;
  for (const auto* set : {&training, &test})
    for (const auto& video : set->videos)
      longest = std::max({longest, video.rows(), train::steps_of(video.features)});
  table mean(E, longest);
  for (dim t = 0; t < longest; ++t) {
    dim count = 0;
    for (const auto& video : training.videos) {
      if (t >= video.rows() || !video.counted[std::size_t(t)]) continue;
      ++count;
      for (dim e = 0; e < E; ++e) mean.tensor()(t, e) += video.labels.tensor()(t, e);
    }
    for (dim e = 0; e < E; ++e)
      mean.tensor()(t, e) = count > 0 ? mean.tensor()(t, e) / float(count)
                            : t > 0   ? mean.tensor()(t - 1, e)
                                      : 0;
  }
  std::vector<table> curves;
  for (const auto& video : test.videos) {
    table& curve = curves.emplace_back(E, train::steps_of(video.features));
    std::copy_n(mean.tensor().begin(), curve.tensor().size(), curve.tensor().begin());
  }
  return curves;
}

struct sets {
  train::labelled_set training;
  train::validation_set validation, test;
};

sets read_sets(const std::string& folder, const train::recipe& recipe) {
  const std::string features = folder + "/features";
  const auto labels = [&](const char* set) { return folder + "/" + set + ".csv"; };
  auto training = train::read_labelled_set(features, labels("training"), recipe);
  auto validation = train::read_validation_set(features, labels("validation"), recipe, training);
  auto test = train::read_validation_set(features, labels("test"), recipe, training);
  return {std::move(training), std::move(validation), std::move(test)};
}

}  // namespace

train::recipe demo_recipe(std::string_view contestant, std::uint64_t seed) {
  train::recipe recipe = train::find_recipe("default");
  recipe.loss = "mse";  // scored 0.45 on the validation set where l1 scored 0.43
  recipe.visual_units = contestant == "audio" ? 0 : 64;
  recipe.audio_units = contestant == "visual" ? 0 : 32;
  recipe.epochs = 60, recipe.batch_size = 16, recipe.learning_rate = 3e-3;
  recipe.validate_every = 5;
  recipe.seed = seed;
  return recipe;
}

std::array<double, contestants.size()> train_and_score(
    const std::string& folder, std::uint64_t seed, const device_options& device,
    const std::function<void(std::string_view, int, int)>& at_epoch) {
  std::array<double, contestants.size()> scores;
  for (std::size_t i = 0; i < contestants.size(); ++i) {
    const bool learns = contestants[i] != "mean_curve";
    const train::recipe recipe = demo_recipe(learns ? contestants[i] : "both", seed);
    const sets sets = read_sets(folder, recipe);
    std::vector<table> curves;
    if (learns) {
      const std::string run = folder + "/" + std::string(contestants[i]);
      make_folder(run);
      train_on(device, {.recipe = recipe,
                        .training = sets.training,
                        .validation = sets.validation,
                        .folder = run,
                        .resume = false,
                        .at_start = [](int) {},
                        .at_step = [](int, int) { stop_if_interrupted(); },
                        .at_epoch =
                            [&](const train::epoch_report& report) {
                              at_epoch(contestants[i], report.epoch, recipe.epochs);
                            }});
      curves = score_on(device, run + "/best.safetensors", recipe, sets.test.set);
    } else {
      curves = mean_curves(sets.training, sets.test.set);
    }
    scores[i] = train::score_against(sets.test, recipe, curves).mean;
  }
  return scores;
}

std::vector<curve_of_video> predict_test_set(const std::string& folder, const device_options& device) {
  const train::recipe recipe = demo_recipe("both", 1);
  const sets sets = read_sets(folder, recipe);
  const auto sparse = score_on(device, folder + "/both/best.safetensors", recipe, sets.test.set);
  const auto labels = io::read_eev_csv(folder + "/test.csv");
  std::vector<curve_of_video> curves;
  for (std::size_t i = 0; i < sparse.size(); ++i) {
    const train::labelled_video& video = sets.test.set.videos[i];
    const rational duration = rational(video.label_rows) / clips::label_rate;
    curves.push_back({.id = video.id(),
                      .source = video.features.metadata("eev.source"),
                      .scores = curve::interpolate(sparse[i], duration, clips::label_rate, recipe.rate),
                      .rate = clips::label_rate,
                      .duration = duration,
                      .has_sound = true,
                      .labels = labels[i].scores});
  }
  return curves;
}

}  // namespace eev::command

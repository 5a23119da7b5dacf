// In:  the name of a recipe.  Out: everything that decides what a training run computes, but the data.  Rests
// on: core, clips, curve, train/losses.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <eev/clips/sample_labels.hpp>
#include <eev/curve/label_filters.hpp>
#include <eev/train/losses.hpp>
#include <eev/train/schedules.hpp>

namespace eev::train {

/// The settings of a training run; train/settings.hpp says what each means. These are the recipe `default`:
/// the paper's choices where they are sound.
struct recipe {
  std::string head = "paper", loss = "l1";
  bool doubled_l1 = false, authors_ccc = false;
  std::string cross_modal = "none";
  double cross_modal_weight = 0.1;

  int rate = 1, clip_seconds = 60;
  std::string label_filter = "none", audio_index = "aligned";
  bool mask_zero_rows = true, overrunning_starts = false, standardise = true;

  int visual_units = 512, audio_units = 128, layers = 2;
  double dropout = 0.3;

  bool merge_validation = false;
  int epochs = 100, batch_size = 128;
  bool drop_last = false;
  double learning_rate = 2e-4;
  std::string schedule = "cosine";
  std::vector<int> milestones = {40, 80};
  double milestone_factor = 0.3;
  double weight_decay = 1e-5;
  bool decoupled_decay = false;
  double clip_norm = 1;
  int average_from = 0;
  int validate_every = 1;
  double score_epsilon = 0;
  std::uint64_t seed = 1;

  dim clip_rows() const { return dim(clip_seconds) * rate; }

  /// Label rows from one step to the next.
  dim label_step() const { return clips::label_rate / rate; }
};

/// `default`, or `paper`: the authors' own code with all its quirks.
inline recipe find_recipe(std::string_view name) {
  if (name == "default") return {};
  require(name == "paper", "no recipe '", name, "'; there are default, paper");
  recipe paper;
  paper.doubled_l1 = paper.authors_ccc = paper.overrunning_starts = paper.drop_last = true;
  paper.mask_zero_rows = paper.standardise = false;
  paper.audio_index = "drift";
  paper.epochs = 200, paper.schedule = "milestones";
  paper.clip_norm = 0;
  paper.validate_every = 3;
  paper.score_epsilon = 1e-6;
  return paper;
}

/// What the setting `loss` stands for.
inline loss_parts loss_of(const recipe& recipe) {
  loss_parts parts = find_loss(recipe.loss);
  if (recipe.loss == "l1" && recipe.doubled_l1) parts.elementwise.l1 = 2;
  parts.correlation.authors_ccc = recipe.authors_ccc;
  return parts;
}

/// The learning rate in an epoch, from 0.
inline double rate_in(const recipe& recipe, int epoch) {
  if (recipe.schedule == "milestones")
    return multi_step_rate(recipe.learning_rate, epoch, recipe.milestones, recipe.milestone_factor);
  if (recipe.schedule == "cosine") return cosine_rate(recipe.learning_rate, 0, epoch, recipe.epochs);
  return recipe.learning_rate;
}

/// Throws unless a run with these settings is possible.
inline void check(const recipe& recipe) {
  constexpr double most = 1e300;
  const auto within = [](const char* name, double value, double least, double most) {
    const auto plain = [](double number) {
      std::array<char, 32> text;
      return std::string(text.data(), std::snprintf(text.data(), text.size(), "%g", number));
    };
    if (!(value >= least && value <= most))
      throw error(message(name, " is ", plain(value), ", expected a number from ", plain(least), " to ",
                          plain(most)));
  };
  const auto one_of = [](const char* name, const std::string& value,
                         const std::vector<std::string_view>& values) {
    std::string all;
    for (const auto choice : values) {
      if (value == choice) return;
      all += message(all.empty() ? "" : ", ", choice);
    }
    throw error(message(name, " is '", value, "', expected one of ", all));
  };
  one_of("head", recipe.head, {"paper", "baseline"});
  find_loss(recipe.loss);
  one_of("cross_modal", recipe.cross_modal, {"none", "instance", "contrastive"});
  require(recipe.cross_modal == "none" || (recipe.visual_units > 0 && recipe.audio_units > 0),
          "cross_modal is '", recipe.cross_modal, "', a loss between picture and sound, but there are ",
          recipe.visual_units, " visual units and ", recipe.audio_units,
          " audio units; expected both, or cross_modal none");
  curve::find_label_filter(recipe.label_filter);
  one_of("audio_index", recipe.audio_index, {"aligned", "drift"});
  one_of("schedule", recipe.schedule, {"constant", "milestones", "cosine"});
  require(recipe.rate > 0 && clips::label_rate % recipe.rate == 0, "rate is ", recipe.rate,
          ", expected 1, 2, 3 or 6, so that there are labels at its steps");
  require(recipe.visual_units + recipe.audio_units > 0,
          "visual_units and audio_units are both 0; expected a picture or a sound to learn from");
  within("clip_seconds", recipe.clip_seconds, 1, 1e6);
  within("visual_units", recipe.visual_units, 0, 1e6);
  within("audio_units", recipe.audio_units, 0, 1e6);
  within("layers", recipe.layers, 1, 100);
  within("dropout", recipe.dropout, 0, 0.99);
  within("cross_modal_weight", recipe.cross_modal_weight, 0, most);
  within("epochs", recipe.epochs, 1, 1e9);
  within("batch_size", recipe.batch_size, 1, 1e6);
  within("learning_rate", recipe.learning_rate, 0, most);
  within("milestone_factor", recipe.milestone_factor, 0, most);
  within("weight_decay", recipe.weight_decay, 0, most);
  within("clip_norm", recipe.clip_norm, 0, most);
  within("average_from", recipe.average_from, 0, 1e9);
  within("validate_every", recipe.validate_every, 1, 1e9);
  within("score_epsilon", recipe.score_epsilon, 0, most);
}

}  // namespace eev::train

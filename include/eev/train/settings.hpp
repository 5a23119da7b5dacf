// In:  a recipe.  Out: its settings by name, read and written as text.  Rests on: io/json, train/recipe.
//
// The one list of settings: options of `eev train`, RUN/config.json and the comparison of a checkpoint with
// the run that goes on from it are all made from it.
#pragma once

#include <array>
#include <charconv>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <eev/io/json.hpp>
#include <eev/train/recipe.hpp>

namespace eev::train {

/// Calls visit(name, value, meaning) for each setting.
template <class Recipe, class Visit>
void for_each_setting(Recipe& recipe, const Visit& visit) {
  visit("head", recipe.head,
        "paper, or baseline: the data set's authors', which ends in a mixture of experts");
  visit("loss", recipe.loss, "l1 (the paper's), kl, kl+l1 (as the authors ran it), ccc, mse or pearson");
  visit("doubled_l1", recipe.doubled_l1, "count the loss l1 twice, as the authors did");
  visit("authors_ccc", recipe.authors_ccc, "the authors' mis-scaled CCC: a sum in place of the covariance");
  visit("cross_modal", recipe.cross_modal,
        "none, instance or contrastive: an auxiliary loss by which picture and sound of a clip find each "
        "other");
  visit("cross_modal_weight", recipe.cross_modal_weight, "of that loss, beside the loss of the scores");
  visit("rate", recipe.rate, "rows a second, a divisor of 6; the features have to be of this rate");
  visit("clip_seconds", recipe.clip_seconds, "length of the clip of each video in an epoch");
  visit("label_filter", recipe.label_filter, "none, butterworth, median or gaussian: smooths the labels");
  visit("audio_index", recipe.audio_index,
        "aligned, or drift: row k of the audio is taken for second k whatever their distance, as the authors "
        "did with one row every 0.96 s");
  visit("mask_zero_rows", recipe.mask_zero_rows, "do not learn from rows in which all labels are zero");
  visit("overrunning_starts", recipe.overrunning_starts,
        "clips may begin so late that they run over the end, whose last row is repeated and learned, as the "
        "authors had it");
  visit("standardise", recipe.standardise,
        "standardise the features by their mean and deviation in training");
  visit("visual_units", recipe.visual_units, "units of the visual GRU in each direction; 0: no picture");
  visit("audio_units", recipe.audio_units, "units of the audio GRU in each direction; 0: no sound");
  visit("layers", recipe.layers, "layers of each GRU");
  visit("dropout", recipe.dropout, "share of the states that are dropped between two layers");
  visit("merge_validation", recipe.merge_validation,
        "learn from the videos for validation, too; the best epoch is then the last");
  visit("epochs", recipe.epochs, "one clip of every video makes an epoch");
  visit("batch_size", recipe.batch_size, "clips a step");
  visit("drop_last", recipe.drop_last, "leave out the clips at the end of an epoch that do not fill a batch");
  visit("learning_rate", recipe.learning_rate, "of the first epoch");
  visit("schedule", recipe.schedule, "constant, milestones, or cosine: half a cosine down to zero");
  visit("milestones", recipe.milestones, "epochs (from 0) at which the schedule milestones lowers the rate");
  visit("milestone_factor", recipe.milestone_factor, "what a milestone multiplies the rate by");
  visit("weight_decay", recipe.weight_decay, "of Adam");
  visit("decoupled_decay", recipe.decoupled_decay, "AdamW: the decay shrinks the weights, not the gradient");
  visit("clip_norm", recipe.clip_norm, "the norm that gradients are clipped to; 0: not");
  visit("average_from", recipe.average_from,
        "from this epoch on (from 1) validate and keep the mean of the weights (SWA); 0: not");
  visit("validate_every", recipe.validate_every, "epochs from one validation to the next");
  visit("score_epsilon", recipe.score_epsilon, "added to the denominator of each correlation in validation");
  visit("seed", recipe.seed, "of the first weights, the clips, their order and dropout");
}

/// A value as set() reads it.
template <class Value>
std::string text_of(const Value& value) {
  if constexpr (std::is_same_v<Value, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::is_same_v<Value, std::string>) {
    return value;
  } else if constexpr (std::is_same_v<Value, std::vector<int>>) {
    std::string text;
    for (int number : value) text += (text.empty() ? "" : ",") + std::to_string(number);
    return text;
  } else {
    std::array<char, 32> text;
    return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
  }
}

template <class Value>
std::string json_of(const Value& value) {
  if constexpr (std::is_same_v<Value, std::string>)
    return io::json_quoted(value);
  else if constexpr (std::is_same_v<Value, std::vector<int>>)
    return "[" + text_of(value) + "]";
  else
    return text_of(value);
}

/// All settings as text, by name.
inline std::map<std::string, std::string> settings_of(const recipe& recipe) {
  std::map<std::string, std::string> settings;
  for_each_setting(
      recipe, [&](const char* name, const auto& value, const char*) { settings[name] = text_of(value); });
  return settings;
}

namespace detail {

/// True if all of `text` is a value of that type. Several numbers are separated by commas.
template <class Value>
bool parse(std::string_view text, Value& value) {
  if constexpr (std::is_same_v<Value, bool>) {
    value = text == "true";
    return value || text == "false";
  } else if constexpr (std::is_same_v<Value, std::string>) {
    value = text;
    return true;
  } else if constexpr (std::is_same_v<Value, std::vector<int>>) {
    value.clear();
    for (bool more = !text.empty(); more;) {
      const std::size_t comma = text.find(',');
      more = comma != text.npos;
      if (!parse(text.substr(0, comma), value.emplace_back())) return false;
      if (more) text.remove_prefix(comma + 1);
    }
    return true;
  } else {
    const char* const end = text.data() + text.size();
    const auto [stop, status] = std::from_chars(text.data(), end, value);
    return status == std::errc() && stop == end;
  }
}

/// What parse() takes.
template <class Value>
std::string expected() {
  if constexpr (std::is_same_v<Value, bool>) return "true or false";
  if constexpr (std::is_same_v<Value, int>) return "a whole number";
  if constexpr (std::is_same_v<Value, std::vector<int>>) return "whole numbers, separated by commas";
  if constexpr (std::is_unsigned_v<Value>)
    return message("a whole number from 0 to ", std::numeric_limits<Value>::max());
  return "a number";
}

}  // namespace detail

/// Gives the setting of that name the value that `text` says.
inline void set(recipe& recipe, std::string_view name, std::string_view text) {
  bool known = false;
  for_each_setting(recipe, [&](const char* setting, auto& value, const char*) {
    if (name != setting) return;
    known = true;
    require(detail::parse(text, value), name, " is '", text, "', expected ",
            detail::expected<std::remove_reference_t<decltype(value)>>());
  });
  require(known, "no setting '", name, "'");
}

}  // namespace eev::train

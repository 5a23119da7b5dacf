// In:  features and labels.  Out: a trained head, in a folder that tells how it came about.
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <sstream>

#include <CLI/CLI.hpp>

#include <eev/io/atomic_file.hpp>
#include <eev/train/settings.hpp>

#include "console.hpp"
#include "engine.hpp"
#include "failures.hpp"
#include "output.hpp"
#include "signals.hpp"
#include "subcommands.hpp"
#include "training.hpp"

namespace eev::command {
namespace {

struct train_options {
  std::string features, labels, val_features, val_labels, output, recipe = "default";
  std::map<std::string, std::string> settings;  // those that differ from the recipe
  bool resume = false;
  device_options device;
};

/// "learning_rate" as the command line has it: "--learning-rate".
std::string option_of(std::string setting) {
  std::ranges::replace(setting, '_', '-');
  return "--" + setting;
}

/// What is wrong with a setting, told of its option. The first word is one, and others are where no word of
/// English could be meant.
std::string told_of_options(const std::string& problem) {
  const auto settings = train::settings_of({});
  std::string told, word;
  for (std::istringstream words(problem); std::getline(words, word, ' ');) {
    const bool is_setting = settings.contains(word) && (told.empty() || word.find('_') != word.npos);
    told += (told.empty() ? "" : " ") + (is_setting ? option_of(word) : word);
  }
  return told;
}

train::recipe make_recipe(const train_options& options) {
  try {
    train::recipe recipe = train::find_recipe(options.recipe);
    for (const auto& [name, text] : options.settings) train::set(recipe, name, text);
    train::check(recipe);
    return recipe;
  } catch (const error& problem) {
    throw usage_error(told_of_options(problem.what()));
  }
}

/// "3 videos: a, b, c", no more than some.
std::string names(const std::vector<std::string>& videos) {
  constexpr std::size_t most = 20;
  std::string text = message(videos.size(), videos.size() == 1 ? " video: " : " videos: ");
  for (std::size_t i = 0; i < std::min(videos.size(), most); ++i)
    text += message(i == 0 ? "" : ", ", videos[i]);
  return text + (videos.size() > most ? ", ..." : "");
}

/// What did not find its counterpart.
void tell_of_gaps(console& console, const train_options& options, const train::labelled_set& training,
                  const train::labelled_set& validation) {
  const auto tell = [&](const std::string& what, const std::vector<std::string>& videos) {
    if (!videos.empty()) console.warning(what + names(videos));
  };
  tell(options.labels + ": no features in " + options.features + " of ", training.without_features);
  tell(options.val_labels + ": no features in " + options.val_features + " of ", validation.without_features);
  auto unlabelled = training.without_labels;
  if (options.features == options.val_features) {  // one folder for both
    std::vector<std::string> in_neither;
    std::ranges::set_intersection(unlabelled, validation.without_labels, std::back_inserter(in_neither));
    unlabelled = std::move(in_neither);
  } else {
    tell(options.val_features + ": no labels in " + options.val_labels + " of ", validation.without_labels);
  }
  tell(options.features + ": no labels of ", unlabelled);
  const std::string too_long =
      message(": more than ", train::longest_excess, " s of labels after the features end, of ");
  tell(options.labels + too_long, training.beyond_features);
  if (options.val_labels != options.labels) tell(options.val_labels + too_long, validation.beyond_features);
  tell(options.labels + ": shorter than 10 rows, so not smoothed, ", training.unfiltered);

  std::vector<std::string> ids, shared;
  for (const auto& video : training.videos) ids.push_back(video.id());
  for (const auto& video : validation.videos)
    if (std::ranges::find(ids, video.id()) != ids.end()) shared.push_back(video.id());
  tell("for training and for validation, so that the score is too good, ", shared);
}

void write_config(const train_options& options, const train::recipe& recipe) {
  std::string json = "{";
  const auto add = [&](const std::string& name, const std::string& value) {
    json += message(json == "{" ? "\n  \"" : ",\n  \"", name, "\": ", value);
  };
  add("version", io::json_quoted(EEV_VERSION));
  for (const auto& [name, value] : {std::pair("features", &options.features),
                                    {"labels", &options.labels},
                                    {"val_features", &options.val_features},
                                    {"val_labels", &options.val_labels},
                                    {"recipe", &options.recipe}})
    add(name, io::json_quoted(*value));
  train::for_each_setting(
      recipe, [&](const char* name, const auto& value, const char*) { add(name, train::json_of(value)); });
  io::atomic_file file(options.output + "/config.json");
  file.write(json + "\n}\n");
  file.commit();
}

/// A line for each epoch; on a terminal, how far it has come.
class epoch_lines {
 public:
  epoch_lines(console& console, const train::recipe& recipe, std::size_t clips)
      : console_(console), recipe_(recipe), clips_(double(clips)) {}

  void start(int epochs_done) { first_ = epoch_ = epochs_done, began_ = clock::now(); }

  void step(int step, int steps) {
    stop_if_interrupted();
    const double done = epoch_ + double(step) / steps;  // epochs
    const double rate = clips_ * (done - first_) / taken();
    console_.draw(message(bar_of(done / recipe_.epochs), "epoch ", epoch_ + 1, "/", recipe_.epochs, ", step ",
                          step, "/", steps, number(rate < 10 ? ", %.1f clips/s, " : ", %.0f clips/s, ", rate),
                          left(done)));
  }

  void epoch(const train::epoch_report& report) {
    stop_if_interrupted();
    epoch_ = report.epoch;
    const std::string score =
        std::isnan(report.val_pearson) ? "" : number(", score %.4f", report.val_pearson);
    console_.note(message("epoch ", report.epoch, " of ", recipe_.epochs,
                          number(": loss %.5f", report.train_loss), score, report.is_best ? " (best)" : "",
                          number(", rate %.3g", report.learning_rate),
                          number(", %.1f clips/s, ", clips_ / report.seconds), left(report.epoch)));
  }

 private:
  using clock = std::chrono::steady_clock;

  double taken() const { return std::chrono::duration<double>(clock::now() - began_).count(); }
  /// When so many epochs are done.
  std::string left(double done) const {
    return clock_time(taken() / (done - first_) * (recipe_.epochs - done)) + " left";
  }

  static std::string number(const char* format, double value) {
    std::array<char, 64> text;
    return {text.data(), std::size_t(std::snprintf(text.data(), text.size(), format, value))};
  }

  console& console_;
  const train::recipe& recipe_;
  const double clips_;
  int first_ = 0, epoch_ = 0;
  clock::time_point began_ = clock::now();
};

int train_head(train_options options) {
  const train::recipe recipe = make_recipe(options);
  if (options.val_features.empty()) options.val_features = options.features;
  console console(options.device.quiet);
  auto training = train::read_labelled_set(options.features, options.labels, recipe);
  const auto validation =
      train::read_validation_set(options.val_features, options.val_labels, recipe, training);
  tell_of_gaps(console, options, training, validation.set);
  if (recipe.merge_validation)
    training.videos.insert(training.videos.end(), validation.set.videos.begin(), validation.set.videos.end());

  make_folder(options.output);
  const folder_lock alone(options.output);
  const std::string last = options.output + "/last.safetensors";
  require(options.resume || !std::filesystem::exists(last), last,
          ": there is a run already; --resume goes on with it, another --output begins a new one");
  epoch_lines lines(console, recipe, training.videos.size());
  bool begun = false;
  const training_run run = {
      .recipe = recipe,
      .training = training,
      .validation = validation,
      .folder = options.output,
      .resume = options.resume,
      .at_start =
          [&](int epochs) {
            write_config(options, recipe);
            lines.start(epochs);
            if (epochs > 0)
              console.note(message(last, ": goes on after epoch ", epochs, " of ", recipe.epochs));
          },
      .at_step =
          [&](int step, int steps) {
            begun = true;  // a first step has found all the memory that it needs
            lines.step(step, steps);
          },
      .at_epoch = [&](const auto& report) { lines.epoch(report); }};
  on_device(
      choose_device(options.device, console), console, [&](const auto& device) { train_on(device, run); },
      begun);
  return all_done;
}

/// An option for each setting of a recipe.
void add_settings(CLI::App& app, const std::shared_ptr<train_options>& options) {
  const train::recipe recipe;
  train::for_each_setting(recipe, [&](const char* name, const auto& value, const char* meaning) {
    const std::string option = option_of(name);
    if constexpr (std::is_same_v<decltype(value), const bool&>) {
      app.add_flag_function(
             option + ",!--no-" + option.substr(2),
             [options, name](std::int64_t count) { options->settings[name] = count > 0 ? "true" : "false"; },
             message(meaning, value ? " (on)" : " (off)"))
          ->disable_flag_override()
          ->take_last();
    } else {
      app.add_option_function<std::string>(
             option, [options, name](const std::string& text) { options->settings[name] = text; }, meaning)
          ->type_name("")
          ->default_str(train::text_of(value));
    }
  });
}

}  // namespace

void add_train(CLI::App& program, int& status) {
  auto options = std::make_shared<train_options>();
  CLI::App& app = *program.add_subcommand("train", "From features and labels to a head");
  app.add_option("--features", options->features, "folder of features, as extract writes them")
      ->type_name("DIR")
      ->required();
  app.add_option("--labels", options->labels, "labels of the videos to learn from, as EEV publishes them")
      ->type_name("CSV")
      ->required();
  app.add_option("--val-features", options->val_features,
                 "folder of features for validation; if not given, that of --features")
      ->type_name("DIR");
  app.add_option("--val-labels", options->val_labels, "labels of the videos for validation")
      ->type_name("CSV")
      ->required();
  app.add_option("--output", options->output,
                 "folder for best.safetensors, last.safetensors, log.csv and config.json")
      ->type_name("RUN")
      ->required();
  app.add_flag("--resume", options->resume,
               "go on with the run in RUN, which ends as if it had not been stopped");
  app.add_option("--recipe", options->recipe,
                 "default, or paper: the authors' choices with all quirks of their code; the options below "
                 "change a recipe, and show the values of default")
      ->capture_default_str()
      ->check(CLI::IsMember({"default", "paper"}));
  add_settings(app, options);
  add_device_options(app, options->device);
  app.callback([options, &status] { status = train_head(*options); });
}

}  // namespace eev::command

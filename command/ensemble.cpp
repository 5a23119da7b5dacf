// In:  predictions, or trained runs.  Out: the mean of the predictions, or which runs are best.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <vector>

#include <CLI/CLI.hpp>

#include <eev/io/eev_csv.hpp>
#include <eev/train/checkpoint.hpp>
#include <eev/train/score_videos.hpp>

#include "console.hpp"
#include "csv.hpp"
#include "curve_writers.hpp"
#include "engine.hpp"
#include "failures.hpp"
#include "learned_rows.hpp"
#include "output.hpp"
#include "signals.hpp"
#include "subcommands.hpp"
#include "training.hpp"

namespace eev::command {
namespace {

struct ensemble_options {
  std::vector<std::string> predictions;
  std::string output, format = "csv";
  std::optional<rational> rate = 6;
  std::string runs, val_features, val_labels;
  int top = 8;
  device_options device;
};

std::unique_ptr<curve_writer> writer_of(const ensemble_options& options, output& out) {
  return make_csv_writer(out, options.format == "eev" ? csv_spelling::eev : csv_spelling::csv);
}

// ---- predictions ----

struct sum_of_curves {
  std::string id;
  std::vector<double> sum;  // [K, 15]
  std::size_t files = 0;
};

/// The mean of the curves that are in all files and of the same length in them.
int average_predictions(const ensemble_options& options) {
  console console(options.device.quiet);
  std::vector<sum_of_curves> videos;
  std::map<std::string, std::size_t> numbers;
  int left_out = 0;
  for (std::size_t f = 0; f < options.predictions.size(); ++f) {
    const std::string& path = options.predictions[f];
    io::eev_csv file(path, {.rate = options.rate, .confidences = false, .rate_option = "--rate"});
    for (io::video_rows video; file.next(video);) {
      stop_if_interrupted();
      const auto scores = video.scores.tensor();
      const auto [number, is_new] = numbers.try_emplace(video.id, videos.size());
      if (is_new) videos.push_back({video.id, std::vector<double>(f == 0 ? scores.size() : 0)});
      sum_of_curves& total = videos[number->second];
      if (f > 0 && total.files > 0 && dim(total.sum.size()) != scores.size())
        throw error(message(path, ": video '", video.id, "' has ", video.rows(), " rows, but ",
                            dim(total.sum.size()) / scores.shape[1], " in ", options.predictions[0]));
      if (total.files != f) continue;  // it is missing from a file before
      for (std::size_t i = 0; i < total.sum.size(); ++i) total.sum[i] += scores.data[i];
      ++total.files;
    }
  }
  output out(options.output);
  const auto writer = writer_of(options, out);
  for (const sum_of_curves& video : videos) {
    if (video.files < options.predictions.size()) {
      const std::string& missing_from = options.predictions[video.files];
      console.error(message(missing_from, ": no video '", video.id, "', which others have; left out"));
      ++left_out;
      continue;
    }
    table mean(dim(expressions.size()), dim(video.sum.size() / expressions.size()));
    for (std::size_t i = 0; i < video.sum.size(); ++i)
      mean.tensor().data[i] = float(video.sum[i] / double(video.files));
    writer->add({.id = video.id, .source = options.output, .scores = mean, .rate = *options.rate});
  }
  require(left_out < int(videos.size()), options.predictions[0], ": has no video that is in all ",
          options.predictions.size(), " files");
  writer->finish();
  out.commit();
  return left_out == 0 ? all_done : some_failed;
}

// ---- trained runs ----

struct ranked_run {
  std::string path;
  train::recipe recipe;
  const train::validation_set* validation;
  std::vector<table> scores;
  double score;
};

/// Folders in DIR, or DIR itself, that hold a trained head.
std::vector<std::string> find_runs(const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code problem;
  std::vector<std::string> runs;
  for (fs::recursive_directory_iterator entry(folder, problem), end; !problem && entry != end;
       entry.increment(problem))
    if (entry->path().filename() == "best.safetensors") runs.push_back(entry->path().parent_path().string());
  require(!problem, folder, ": cannot be searched for runs: ", problem.message());
  require(!runs.empty(), folder, ": no best.safetensors in it; expected folders that `eev train` wrote");
  std::ranges::sort(runs);
  return runs;
}

int rank_runs(const ensemble_options& options) {
  console console(options.device.quiet);
  const auto device = choose_device(options.device, console).device;
  // What a head reads of the features decides which validation set it needs.
  std::map<std::tuple<int, bool, bool>, train::validation_set> sets;
  const auto validation_for = [&](const train::recipe& recipe) -> const train::validation_set& {
    const std::tuple kind(recipe.rate, recipe.visual_units > 0, recipe.audio_units > 0);
    const auto found = sets.find(kind);
    if (found != sets.end()) return found->second;
    train::recipe plain = recipe;
    plain.score_epsilon = 0;
    return sets.emplace(kind, train::read_validation_set(options.val_features, options.val_labels, plain))
        .first->second;
  };
  std::vector<ranked_run> runs;
  int failed = 0;
  const auto folders = find_runs(options.runs);
  const auto began = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < folders.size(); ++i) {
    stop_if_interrupted();
    const std::string& path = folders[i];
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - began;
    console.draw(message(
        bar_of(double(i) / double(folders.size())), "run ", i + 1, " of ", folders.size(),
        i > 0 ? ", " + clock_time(taken.count() / double(i) * double(folders.size() - i)) + " left" : "",
        "  ", path));
    const std::string file = path + "/best.safetensors";
    try {
      const train::stored_checkpoint stored(file);
      ranked_run run{path, stored.recipe(), nullptr, {}, 0};
      run.validation = &validation_for(run.recipe);
      learned_rows learned;
      learned.add(stored.file());
      for (const auto& [key, value] : run.validation->set.metadata)
        if (!value.empty()) learned.check(key, value, "that of " + options.val_features);
      run.scores = score_on(device, file, run.recipe, run.validation->set);
      run.score = train::score_against(*run.validation, run.recipe, run.scores).mean;
      runs.push_back(std::move(run));
    } catch (const usage_error&) {
      throw;
    } catch (const error& problem) {
      console.error(problem.what());
      ++failed;
    }
  }
  require(!runs.empty(), options.runs, ": none of its runs can be scored");
  std::ranges::stable_sort(runs, std::greater(), &ranked_run::score);
  runs.resize(std::min(runs.size(), std::size_t(options.top)));

  // The mean of the best, video by video.
  const train::validation_set& validation = *runs[0].validation;
  std::vector<table> mean;
  for (const ranked_run& run : runs) {
    auto curves = train::dense_curves(run.validation->set, run.recipe, run.scores);
    if (mean.empty()) {
      mean = std::move(curves);
      continue;
    }
    for (std::size_t v = 0; v < mean.size(); ++v)
      for (dim i = 0; i < mean[v].tensor().size(); ++i)
        mean[v].tensor().data[i] += curves[v].tensor().data[i];
  }
  for (table& curve : mean)
    for (float& score : curve.tensor()) score /= float(runs.size());

  std::string list = "rank,val_pearson,run\n";
  std::array<char, 32> number;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    std::snprintf(number.data(), number.size(), "%.6f", runs[i].score);
    list += message(i + 1, ",", number.data(), ",", csv_field(runs[i].path), "\n");
  }
  std::snprintf(number.data(), number.size(), "%.6f", train::score_of(validation, mean).mean);
  list += message("ensemble,", number.data(), ",mean of the ", runs.size(), "\n");
  if (!options.output.empty()) {
    output out(options.output);
    const auto writer = writer_of(options, out);
    for (std::size_t v = 0; v < mean.size(); ++v)
      writer->add({.id = validation.set.videos[v].id(),
                   .source = options.runs,
                   .scores = mean[v],
                   .rate = clips::label_rate});
    writer->finish();
    out.commit();
  }
  tell_beside(options.output, list, options.device.quiet);
  return failed == 0 ? all_done : some_failed;
}

int ensemble(const ensemble_options& options) {
  if (options.runs.empty()) {
    if (options.predictions.empty()) throw usage_error("ensemble: name CSVs of predictions, or --runs DIR");
    if (options.output.empty()) throw usage_error("ensemble: --output is required");
    return average_predictions(options);
  }
  if (!options.predictions.empty()) throw usage_error("ensemble: either CSVs of predictions, or --runs DIR");
  if (options.val_features.empty() || options.val_labels.empty())
    throw usage_error("ensemble: --runs needs --val-features and --val-labels to rank by");
  return rank_runs(options);
}

}  // namespace

void add_ensemble(CLI::App& program, int& status) {
  auto options = std::make_shared<ensemble_options>();
  CLI::App& app = *program.add_subcommand("ensemble", "The mean of predictions, or the best of trained runs");
  app.add_option("PREDICTIONS", options->predictions, "CSVs of curves of the same videos")->type_name("");
  app.add_option("--output", options->output,
                 "file for the mean, - for stdout; with --runs, for that of the best runs on the validation")
      ->type_name("FILE");
  app.add_option("--format", options->format, "csv, or eev: the challenge's, times in microseconds")
      ->capture_default_str()
      ->check(CLI::IsMember({"csv", "eev"}));
  add_number(app, "--rate", options->rate, 1000, "rows a second that the CSVs have");
  app.add_option("--runs", options->runs,
                 "folder of runs that train wrote, to be ranked: on stdout, or on stderr where --output is -")
      ->type_name("DIR");
  app.add_option("--top", options->top, "how many of the best runs are listed and averaged")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  app.add_option("--val-features", options->val_features, "folder of features for validation")
      ->type_name("DIR");
  app.add_option("--val-labels", options->val_labels, "labels of the videos for validation")
      ->type_name("CSV");
  add_device_options(app, options->device);
  app.callback([options, &status] { status = ensemble(*options); });
}

}  // namespace eev::command

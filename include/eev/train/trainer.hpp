// In:  videos with labels, a recipe, a folder.  Out: a trained head in the folder, epoch by epoch.  Rests on:
// head, train; the device's operations, those for training included.
//
//   eev::cpu::device device;
//   const auto recipe = eev::train::find_recipe("default");
//   const auto training = eev::train::read_labelled_set("features", "train.csv", recipe);
//   const auto validation = eev::train::read_validation_set("features", "val.csv", recipe, training);
//   eev::train::trainer trainer(device, recipe, training, validation, "run");
//   while (!trainer.finished()) trainer.run_epoch();     // run/best.safetensors, last.safetensors, log.csv
//
// The same seed gives the same bits, whatever the number of threads. A run that was stopped at any moment,
// and is resumed, too: all that it computes is a function of the last checkpoint, the seed and the epoch.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

#include <eev/core/finite.hpp>
#include <eev/train/checkpoint.hpp>
#include <eev/train/clip_batches.hpp>
#include <eev/train/optimizer.hpp>
#include <eev/train/score_videos.hpp>
#include <eev/train/statistics.hpp>
#include <eev/train/trainable_head.hpp>

namespace eev::train {

/// What came out of an epoch.
struct epoch_report {
  int epoch;  ///< from 1
  double train_loss;
  double val_pearson;  ///< not-a-number if this epoch was not validated
  double learning_rate, seconds;
  bool is_best;
};

/// The sizes of the head that a recipe trains on these features.
inline head_shape shape_of(const recipe& recipe, const labelled_set& set) {
  return {.visual = recipe.visual_units > 0 ? set.visual_width : 0,
          .audio = recipe.audio_units > 0 ? set.audio_width : 0,
          .visual_units = recipe.visual_units,
          .audio_units = recipe.audio_units,
          .layers = recipe.layers,
          .experts = recipe.head == "baseline" ? baseline_experts : 0};
}

/// The auxiliary loss that a recipe has on these videos.
inline cross_modal_settings cross_modal_of(const recipe& recipe, const labelled_set& set) {
  const auto kind = recipe.cross_modal == "instance"      ? cross_modal_settings::instance
                    : recipe.cross_modal == "contrastive" ? cross_modal_settings::contrastive
                                                          : cross_modal_settings::none;
  return {kind, recipe.cross_modal_weight, dim(set.videos.size())};
}

template <class Device>
class trainer {
  using scalar = typename Device::scalar;

 public:
  /// Make it where no scope of the device is open. The sets have to outlive it. `resume` goes on from
  /// folder/last.safetensors, if there is one; the folder has to be there.
  trainer(Device& device, const recipe& recipe, const labelled_set& training,
          const validation_set& validation, std::string folder, bool resume = false)
      : device_(device),
        recipe_(recipe),
        training_(training),
        validation_(validation),
        folder_(std::move(folder)),
        head_(device, shape_of(recipe, training), random_stream(recipe.seed, purpose::first_weights),
              cross_modal_of(recipe, training)),
        optimizer_(device, head_.layout().size()),
        average_(device, head_.layout().size()) {
    check(recipe);
    require(steps_in_epoch() > 0, "drop_last leaves no batch of ", recipe.batch_size, " clips from ",
            training.videos.size(), " videos; lower --batch-size");
    settings_["training_data"] = fingerprint(training);
    settings_["validation_data"] = fingerprint(validation.set);
    remove_unfinished(folder_);
    if (resume && ::access(last_path().c_str(), F_OK) == 0)
      restore(stored_checkpoint(last_path()));
    else if (recipe.standardise)
      standardise();
  }

  int epochs_done() const { return epoch_; }
  bool finished() const { return epoch_ >= recipe_.epochs; }

  /// The epoch of best.safetensors and its score; 0 and not-a-number before the first validation.
  int best_epoch() const { return best_epoch_; }
  double best_score() const { return best_score_; }

  /// One more epoch. at_step(steps done, steps) is called after every step; what it throws ends the run.
  epoch_report run_epoch(const std::function<void(int, int)>& at_step = [](int, int) {}) {
    const auto start = std::chrono::steady_clock::now();
    epoch_report report{epoch_ + 1, 0, NAN, rate_in(recipe_, epoch_), 0, false};
    report.train_loss = learn(report.learning_rate, at_step);
    if (recipe_.average_from > 0 && report.epoch >= recipe_.average_from)
      average_.add(device_, head_.parameters());

    const auto parameters = download(head_.parameters());
    require_sound(all_finite(parameters), "a weight is not a number");
    if (average_.count > 0) upload(head_.parameters(), download(average_.mean()));
    if (report.epoch % recipe_.validate_every == 0 || report.epoch == recipe_.epochs) {
      report.val_pearson = validate();
      report.is_best = best_epoch_ == 0 || recipe_.merge_validation || report.val_pearson > best_score_;
    }
    epoch_ = report.epoch;
    if (report.is_best) {
      best_epoch_ = epoch_, best_score_ = report.val_pearson;
      head_checkpoint().write(folder_ + "/best.safetensors");
    }
    upload(head_.parameters(), parameters);

    report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    log_ += log_row(report);
    // In this order: a run that is killed before `last` is there makes the same `best` again.
    full_checkpoint().write(last_path());
    write_log();
    return report;
  }

 private:
  std::string last_path() const { return folder_ + "/last.safetensors"; }

  int steps_in_epoch() const {
    const int clips = int(training_.videos.size()), size = recipe_.batch_size;
    return recipe_.drop_last ? clips / size : (clips + size - 1) / size;
  }

  void standardise() {
    const auto by = [&](const char* name, io::stored_rows io::video_features::*rows) {
      const auto statistics = statistics_of(training_.videos, rows);
      head_.standardise_by(device_, name, statistics.mean, statistics.deviation);
    };
    if (recipe_.visual_units > 0) by("visual", &io::video_features::visual);
    if (recipe_.audio_units > 0) by("audio", &io::video_features::audio);
  }

  /// An epoch's steps; their mean loss.
  double learn(double learning_rate, const std::function<void(int, int)>& at_step) {
    const auto clips = clips_of_epoch(recipe_, training_.videos, epoch_);
    const adam_settings settings{
        .rate = learning_rate, .decay = recipe_.weight_decay, .decoupled = recipe_.decoupled_decay};
    const int steps = steps_in_epoch();
    double sum = 0;
    for (int step = 0; step < steps; ++step) {
      const std::size_t size = std::size_t(recipe_.batch_size), begin = std::size_t(step) * size;
      fill(batch_, recipe_, training_, std::span(clips).subspan(begin, std::min(size, clips.size() - begin)));
      const double loss = gradients(random_stream(recipe_.seed, purpose::dropout, epoch_, step));
      require_sound(is_finite(loss), message("the loss of step ", step + 1, " is ", loss));
      if (recipe_.clip_norm > 0) {
        auto scope = device_.scope();
        clip_norm(device_, head_.gradients(), device_.template take<scalar>(1), recipe_.clip_norm);
      }
      optimizer_.step(device_, head_.parameters(), head_.gradients(), settings);
      sum += loss;
      at_step(step + 1, steps);
    }
    return sum / steps;
  }

  /// Those of batch_; the loss.
  double gradients(std::uint64_t stream) {
    auto scope = device_.scope();
    const dim B = batch_.clips, T = batch_.rows;
    const auto on_device = [&](const std::vector<float>& values) {
      auto copy = device_.template take<scalar>(B, T, dim(values.size()) / (B * T));
      device_.upload(copy, view<const float, 3>{values.data(), copy.shape});
      return copy;
    };
    auto videos = device_.template take<scalar>(2 * B);
    device_.upload(videos, view<const float, 1>{batch_.videos.data(), videos.shape});
    const training_batch<scalar> batch{on_device(batch_.visual), on_device(batch_.audio),
                                       on_device(batch_.labels), on_device(batch_.mask).as(B, T), videos};
    return head_.gradients(device_, batch, loss_of(recipe_), float(recipe_.dropout), stream);
  }

  double validate() {
    const auto scores = score_videos(device_, recipe_, validation_.set, [&](auto y, auto visual, auto audio) {
      head_.scores(device_, y, visual, audio);
    });
    return score_against(validation_, recipe_, scores).mean;
  }

  static bool all_finite(const std::vector<float>& values) {
    return std::ranges::all_of(values, [](float value) { return is_finite(value); });
  }

  void require_sound(bool sound, const std::string& found) const {
    if (sound) return;
    throw error(message(folder_, ": training diverges in epoch ", epoch_ + 1, ": ", found, "; ",
                        epoch_ > 0 ? message(last_path(), " is as epoch ", epoch_, " left it")
                                   : std::string("no epoch was finished"),
                        "; lower learning_rate, or clip gradients by clip_norm"));
  }

  std::vector<float> download(view<scalar, 1> slab) {
    std::vector<float> values(slab.size());
    device_.download(view<float, 1>{values.data(), slab.shape}, slab);
    return values;
  }
  void upload(view<scalar, 1> slab, const std::vector<float>& values) {
    device_.upload(slab, view<const float, 1>{values.data(), slab.shape});
  }

  /// The head as it is now: what `eev predict` reads.
  checkpoint head_checkpoint() {
    checkpoint checkpoint;
    for (const auto& [key, value] : training_.metadata)
      if (!value.empty()) checkpoint.metadata[key] = value;
    checkpoint.metadata["eev.head"] = recipe_.head;
    for (const auto& [name, value] : settings_) checkpoint.metadata["training." + name] = value;
    checkpoint.metadata["training.epoch"] = text_of(epoch_);
    checkpoint.metadata["training.best_epoch"] = text_of(best_epoch_);
    checkpoint.metadata["training.best_score"] = text_of(best_score_);
    for (auto& [parameter, values] : head_.tensors(device_))
      checkpoint.tensors.push_back({{parameter.name, parameter.shape}, std::move(values)});
    return checkpoint;
  }

  /// And all that is needed to go on.
  checkpoint full_checkpoint() {
    checkpoint checkpoint = head_checkpoint();
    checkpoint.metadata["training.log"] = log_;
    checkpoint.metadata["training.steps"] = text_of(optimizer_.steps);
    checkpoint.add(head_.layout(), "training.mean.", download(optimizer_.mean()));
    checkpoint.add(head_.layout(), "training.square.", download(optimizer_.square()));
    checkpoint.metadata["training.averaged"] = text_of(average_.count);
    if (average_.count > 0) checkpoint.add(head_.layout(), "training.average.", download(average_.mean()));
    return checkpoint;
  }

  void restore(const stored_checkpoint& from) {
    from.require_same(settings_);
    upload(head_.parameters(), from.slab(head_.layout(), ""));
    if (recipe_.standardise) head_.read_statistics(device_, from.tensors());
    epoch_ = from.number<int>("training.epoch");
    best_epoch_ = from.number<int>("training.best_epoch");
    best_score_ = from.number<double>("training.best_score");
    log_ = from.metadata("training.log");
    optimizer_.steps = from.number<dim>("training.steps");
    upload(optimizer_.mean(), from.slab(head_.layout(), "training.mean."));
    upload(optimizer_.square(), from.slab(head_.layout(), "training.square."));
    average_.count = from.number<dim>("training.averaged");
    if (average_.count > 0) upload(average_.mean(), from.slab(head_.layout(), "training.average."));
    write_log();
  }

  static std::string log_row(const epoch_report& report) {
    std::array<char, 200> row;
    const std::string score = is_nan(report.val_pearson) ? "" : text_of(report.val_pearson);
    std::snprintf(row.data(), row.size(), "%d,%.9g,%s,%.9g,%.3f\n", report.epoch, report.train_loss,
                  score.c_str(), report.learning_rate, report.seconds);
    return row.data();
  }

  void write_log() const {
    io::atomic_file file(folder_ + "/log.csv");
    file.write(log_);
    file.commit();
  }

  Device& device_;
  const recipe recipe_;
  const labelled_set& training_;
  const validation_set& validation_;
  const std::string folder_;
  std::map<std::string, std::string> settings_ = settings_of(recipe_);
  trainable_head<Device> head_;
  adam_optimizer<Device> optimizer_;
  weight_average<Device> average_;
  clip_batch batch_;

  int epoch_ = 0, best_epoch_ = 0;
  double best_score_ = NAN;
  std::string log_ = "epoch,train_loss,val_pearson,learning_rate,seconds\n";
};

}  // namespace eev::train

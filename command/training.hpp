// In:  videos with labels, a recipe, a device.  Out: a trained head, or what one says.  Rests on: the
// library.
//
// The library chooses the device by type; here the one choice at run time is made.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <eev/train/trainer.hpp>

#include "options.hpp"

namespace eev::command {

/// What a run trains on, where to, and whom it tells.
struct training_run {
  const train::recipe& recipe;
  const train::labelled_set& training;
  const train::validation_set& validation;
  std::string folder;
  bool resume;
  std::function<void(int epochs)> at_start;  // how many have been done before
  std::function<void(int step, int steps)> at_step;
  std::function<void(const train::epoch_report&)> at_epoch;
};

/// Where heads are trained, and in which precision: "fp32", or "bf16", in which products round their factors.
/// The CPU scores in float even so. Throws if the device is not there or has no bf16.
device_options for_training(device_options device);

void train_on(const device_options& device, const training_run& run);

/// The scores of the head in a file for each video, at the rate of its recipe.
std::vector<table> score_on(const device_options& device, const std::string& head,
                            const train::recipe& recipe, const train::labelled_set& set);

/// What each device's translation unit has.
bool cpu_trains_faster_in_bfloat16();
void train_on_cpu(int threads, bool bfloat16, const training_run& run);
void train_on_cuda(int gpu, bool bfloat16, const training_run& run);
void train_on_reference(const training_run& run);
std::vector<table> score_on_cpu(int threads, const std::string& head, const train::recipe& recipe,
                                const train::labelled_set& set);
std::vector<table> score_on_cuda(int gpu, bool bfloat16, const std::string& head, const train::recipe& recipe,
                                 const train::labelled_set& set);
std::vector<table> score_on_reference(const std::string& head, const train::recipe& recipe,
                                      const train::labelled_set& set);

}  // namespace eev::command

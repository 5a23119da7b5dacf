// In:  videos with labels, a device given as a type.  Out: the functions of training.hpp.
//
// One translation unit a device includes this (training_cpu.cpp, training_reference.cpp): they take long to
// compile.
#pragma once

#include <eev/head/head.hpp>

#include "training.hpp"

namespace eev::command {

template <class Device>
void train_on_device(Device& device, const training_run& run) {
  train::trainer<Device> trainer(device, run.recipe, run.training, run.validation, run.folder, run.resume);
  run.at_start(trainer.epochs_done());
  while (!trainer.finished()) run.at_epoch(trainer.run_epoch(run.at_step));
}

template <class Device>
std::vector<table> score_on_device(Device& device, const std::string& path, const train::recipe& recipe,
                                   const train::labelled_set& set) {
  const auto file = std::make_shared<io::safetensors_source>(path);
  const auto shape = head_shape_in(*file);
  require(shape == train::shape_of(recipe, set), path, ": is a head for rows of ", shape.visual, " and ",
          shape.audio, ", but the features have rows of ", set.visual_width, " and ", set.audio_width);
  const head<Device> network(device, weights(file), shape);
  file->require_all_read();
  return train::score_videos(device, recipe, set,
                             [&](auto y, auto visual, auto audio) { network(device, y, visual, audio); });
}

}  // namespace eev::command

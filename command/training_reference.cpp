// In:  videos with labels.  Out: the functions of training.hpp, by the specification's plain loops.
#include <eev/reference/adam.hpp>
#include <eev/reference/class_loss.hpp>
#include <eev/reference/clip_norm.hpp>
#include <eev/reference/concatenate.hpp>
#include <eev/reference/concatenate_backward.hpp>
#include <eev/reference/correlation_loss.hpp>
#include <eev/reference/dropout.hpp>
#include <eev/reference/elementwise_loss.hpp>
#include <eev/reference/gate.hpp>
#include <eev/reference/gate_backward.hpp>
#include <eev/reference/gru.hpp>
#include <eev/reference/gru_backward.hpp>
#include <eev/reference/linear.hpp>
#include <eev/reference/linear_backward.hpp>
#include <eev/reference/mean_pool_backward.hpp>
#include <eev/reference/mixture_of_experts.hpp>
#include <eev/reference/running_mean.hpp>
#include <eev/reference/standardise.hpp>
#include <eev/reference/unit_rows.hpp>

#include "training_on.hpp"

namespace eev::command {

void train_on_reference(const training_run& run) {
  reference::device<float> device;
  train_on_device(device, run);
}

std::vector<table> score_on_reference(const std::string& head, const train::recipe& recipe,
                                      const train::labelled_set& set) {
  reference::device<float> device;
  return score_on_device(device, head, recipe, set);
}

}  // namespace eev::command

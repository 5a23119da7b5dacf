// In:  videos with labels.  Out: the functions of training.hpp, on the CPU.
#include <eev/train.hpp>

#include "training_on.hpp"

namespace eev::command {

void train_on_cpu(int threads, const training_run& run) {
  cpu::device device(threads);
  train_on_device(device, run);
}

std::vector<table> score_on_cpu(int threads, const std::string& head, const train::recipe& recipe,
                                const train::labelled_set& set) {
  cpu::device device(threads);
  return score_on_device(device, head, recipe, set);
}

}  // namespace eev::command

// In:  videos with labels.  Out: the functions of training.hpp, on the CPU.
#include <eev/train.hpp>

#include "training_on.hpp"

namespace eev::command {

bool cpu_trains_faster_in_bfloat16() { return cpu::device::compiled_for_bfloat16; }

void train_on_cpu(int threads, bool bfloat16, const training_run& run) {
  cpu::device device(threads);
  device.round_factors(bfloat16);
  train_on_device(device, run);
}

std::vector<table> score_on_cpu(int threads, const std::string& head, const train::recipe& recipe,
                                const train::labelled_set& set) {
  cpu::device device(threads);
  return score_on_device(device, head, recipe, set);
}

}  // namespace eev::command

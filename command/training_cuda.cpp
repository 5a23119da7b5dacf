// In:  videos with labels.  Out: the functions of training.hpp, on a GPU. Compiled where the library
// eev::cuda is.
#include <eev/cuda.hpp>

#include "training_on.hpp"

namespace eev::command {

void train_on_cuda(int gpu, bool bfloat16, const training_run& run) {
  cuda::device device(gpu);
  device.round_factors(bfloat16);
  train_on_device(device, run);
}

std::vector<table> score_on_cuda(int gpu, bool bfloat16, const std::string& head, const train::recipe& recipe,
                                 const train::labelled_set& set) {
  cuda::device device(gpu);
  device.round_factors(bfloat16);
  return score_on_device(device, head, recipe, set);
}

}  // namespace eev::command

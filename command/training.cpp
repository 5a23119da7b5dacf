// In:  videos with labels, a recipe, a device.  Out: a trained head, or what one says.
#include "training.hpp"

#include "engine.hpp"
#include "failures.hpp"

namespace eev::command {

device_options for_training(device_options device) {
  if (device.precision == "auto" && !is_gpu(device) && !cpu_trains_faster_in_bfloat16())
    device.precision = "fp32";
  device.precision = precision_on(device);
  return device;
}

void train_on(const device_options& options, const training_run& run) {
  const auto device = for_training(options);
  const bool bfloat16 = device.precision == "bf16";
  if (is_gpu(device)) return train_on_cuda(gpu_number(device), bfloat16, run);
  device.device == "reference" ? train_on_reference(run) : train_on_cpu(device.threads, bfloat16, run);
}

std::vector<table> score_on(const device_options& options, const std::string& head,
                            const train::recipe& recipe, const train::labelled_set& set) {
  const auto device = for_training(options);
  if (is_gpu(device)) return score_on_cuda(gpu_number(device), device.precision == "bf16", head, recipe, set);
  return device.device == "reference" ? score_on_reference(head, recipe, set)
                                      : score_on_cpu(device.threads, head, recipe, set);
}

}  // namespace eev::command

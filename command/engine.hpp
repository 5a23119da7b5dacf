// In:  weights, a device, a precision.  Out: functions from a video to curves or features.  Rests on: the
// library.
//
// The library chooses device and precision by type; here the one choice at run time is made.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <eev/pipeline.hpp>

#include "console.hpp"
#include "options.hpp"

namespace eev::command {

using predictor = std::function<curves(video&, rational rate)>;
using extractor = std::function<features::feature_rows(video&)>;

predictor make_predictor(const io::model_files& files, const device_options& device,
                         const features::extraction_options& options);
extractor make_extractor(const io::model_files& files, const device_options& device,
                         const features::extraction_options& options);

/// Whether --device names a GPU, and which: cuda is cuda:0.
bool is_gpu(const device_options& device);
int gpu_number(const device_options& device);

/// "fp32" or "bf16": what --precision comes to on --device. Throws if the device is not there.
std::string precision_on(const device_options& device);

/// The GPUs of this machine, or why there is none.
struct gpu_findings {
  std::vector<std::string> usable;  // GPU 0 and on: their names
  std::string driver;               // the newest CUDA that the driver knows
  std::string reason;               // if there is none that eev can use
  bool unusable = false;            // whether there is one that it cannot use
};
gpu_findings find_gpus();

/// What --device comes to. auto takes GPU 0 if `passed`: if the record of what has run on GPUs
/// (bench/results/) says that this command has passed its checks on one. Else it takes the CPU.
struct device_choice {
  device_options device;
  std::optional<device_options> otherwise;  // where the device turns out not to do
  std::string note;                         // what there is to say of it
};
device_choice choose_device(const device_options& asked, const gpu_findings& found, bool passed);

/// The same on this machine, and says the note.
device_choice choose_device(const device_options& asked, console& console);

/// work(device) on the device that was chosen; on the other one if it fails there before it has `begun`, as
/// where another program has the GPU's memory.
template <class Work>
auto on_device(const device_choice& choice, console& console, const Work& work, const bool& begun = false) {
  try {
    return work(choice.device);
  } catch (const error& problem) {
    if (!choice.otherwise || begun) throw;
    console.warning(message("--device auto computes on the CPU, as the GPU does not do: ", problem.what()));
  }
  return work(*choice.otherwise);
}

/// What the CPU device finds: whether the processor multiplies bfloat16 natively, how many threads it gets,
/// and which oneDNN runs.
bool cpu_multiplies_bfloat16();
int cpu_threads();
std::string onednn_version();

}  // namespace eev::command

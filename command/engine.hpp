// In:  weights, a device, a precision.  Out: functions from a video to curves or features.  Rests on: the
// library.
//
// The library chooses device and precision by type; here the one choice at run time is made.
#pragma once

#include <functional>
#include <string>

#include <eev/pipeline.hpp>

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

/// What --device auto leaves unsaid: how to compute on the GPU of this machine. Empty if there is none.
std::string advice_on(const device_options& device);

/// The GPUs of this machine, or why there is none.
struct gpu_findings {
  std::vector<std::string> usable;  // GPU 0 and on: their names
  std::string driver;               // the newest CUDA that the driver knows
  std::string reason;               // if there is none that eev can use
};
gpu_findings find_gpus();

/// What the CPU device finds: whether the processor multiplies bfloat16 natively, how many threads it gets,
/// and which oneDNN runs.
bool cpu_multiplies_bfloat16();
int cpu_threads();
std::string onednn_version();

}  // namespace eev::command

// In:  weights, a device, a precision.  Out: functions from a video to curves or features.
#include "engine.hpp"

#include "engine_on.hpp"
#include "failures.hpp"

namespace eev::command {

bool is_gpu(const device_options& device) { return device.device.starts_with("cuda"); }

int gpu_number(const device_options& device) {
  const auto colon = device.device.find(':');
  return colon == std::string::npos ? 0 : std::stoi(device.device.substr(colon + 1));
}

namespace {

bool bfloat16_on(const device_options& device) {
  if (is_gpu(device)) return device.precision != "fp32";  // every GPU that eev takes multiplies bfloat16
  const bool reference = device.device == "reference";
  if (reference && device.precision == "bf16")
    throw usage_error("--device reference computes in fp32 alone, not --precision bf16");
  const bool native = !reference && cpu_multiplies_bfloat16();
  require(native || device.precision != "bf16",
          "--precision bf16: this processor does not multiply bf16 (AVX512_BF16); use --precision fp32");
  return native && device.precision != "fp32";
}

}  // namespace

std::string precision_on(const device_options& device) { return bfloat16_on(device) ? "bf16" : "fp32"; }

std::string advice_on(const device_options& device) {
  if (device.device != "auto") return "";
  const auto found = find_gpus();
  // auto takes no path that no GPU has passed; bench/results/README.md tells which have.
  return found.usable.empty() ? ""
                              : message("--device auto computes on the CPU; --device cuda on the GPU, ",
                                        found.usable[0], ", for which eev is not verified yet");
}

predictor make_predictor(const io::model_files& files, const device_options& device,
                         const features::extraction_options& options) {
  const bool bfloat16 = bfloat16_on(device);
  if (is_gpu(device)) return make_cuda_predictor(files, bfloat16, gpu_number(device), options);
  return device.device == "reference" ? make_reference_predictor(files, options)
                                      : make_cpu_predictor(files, bfloat16, device.threads, options);
}

extractor make_extractor(const io::model_files& files, const device_options& device,
                         const features::extraction_options& options) {
  const bool bfloat16 = bfloat16_on(device);
  if (is_gpu(device)) return make_cuda_extractor(files, bfloat16, gpu_number(device), options);
  return device.device == "reference" ? make_reference_extractor(files, options)
                                      : make_cpu_extractor(files, bfloat16, device.threads, options);
}

}  // namespace eev::command

// In:  weights, a device, a precision.  Out: functions from a video to curves or features.
#include "engine.hpp"

#include "engine_on.hpp"
#include "failures.hpp"

namespace eev::command {

bool is_gpu(const device_options& device) { return gpu_named(device.device).has_value(); }

int gpu_number(const device_options& device) { return gpu_named(device.device).value(); }

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

device_choice choose_device(const device_options& asked, const gpu_findings& found, bool passed) {
  if (asked.device != "auto") return {asked, {}, ""};
  device_options cpu = asked, gpu = asked;
  cpu.device = "cpu";
  gpu.device = "cuda";
  if (found.usable.empty())
    return {cpu, {}, found.unusable ? "--device auto computes on the CPU: " + found.reason : ""};
  const std::string& name = found.usable[0];
  if (!passed) {
    const char* why = "the kernels have passed their tests on a GPU, the command itself has not";
    return {
        cpu, {}, message("--device auto computes on the CPU: ", why, "; --device cuda computes on ", name)};
  }
  return {gpu, cpu, "--device auto computes on the GPU, " + name};
}

device_choice choose_device(const device_options& asked, console& console) {
  auto choice = choose_device(asked, asked.device == "auto" ? find_gpus() : gpu_findings(),
                              EEV_COMMAND_PASSED_ON_A_GPU);
  if (!choice.note.empty()) console.note(choice.note);
  return choice;
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

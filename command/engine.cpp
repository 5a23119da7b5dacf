// In:  weights, a device, a precision.  Out: functions from a video to curves or features.
#include "engine.hpp"

#include "engine_on.hpp"
#include "failures.hpp"

namespace eev::command {
namespace {

bool bfloat16_on(const device_options& device) {
  require(!device.device.starts_with("cuda"), "--device ", device.device,
          ": this program was built without CUDA; use --device cpu");
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

predictor make_predictor(const io::model_files& files, const device_options& device,
                         const features::extraction_options& options) {
  const bool bfloat16 = bfloat16_on(device);
  return device.device == "reference" ? make_reference_predictor(files, options)
                                      : make_cpu_predictor(files, bfloat16, device.threads, options);
}

extractor make_extractor(const io::model_files& files, const device_options& device,
                         const features::extraction_options& options) {
  const bool bfloat16 = bfloat16_on(device);
  return device.device == "reference" ? make_reference_extractor(files, options)
                                      : make_cpu_extractor(files, bfloat16, device.threads, options);
}

}  // namespace eev::command

// In:  weights.  Out: the functions of engine.hpp, on the CPU.
#include <eev/model.hpp>

#include "engine_on.hpp"

namespace eev::command {

predictor make_cpu_predictor(const io::model_files& files, bool bfloat16, int threads,
                             const features::extraction_options& options) {
  return bfloat16 ? make_predictor_on<cpu::device, eev::bfloat16>(files, threads, options)
                  : make_predictor_on<cpu::device, float>(files, threads, options);
}

extractor make_cpu_extractor(const io::model_files& files, bool bfloat16, int threads,
                             const features::extraction_options& options) {
  return bfloat16 ? make_extractor_on<cpu::device, eev::bfloat16>(files, threads, options)
                  : make_extractor_on<cpu::device, float>(files, threads, options);
}

bool cpu_multiplies_bfloat16() { return cpu::has_bfloat16_kernels(); }

int cpu_threads() { return cpu::device().threads(); }

std::string onednn_version() {
  const dnnl_version_t& version = *dnnl_version();
  return message(version.major, ".", version.minor, ".", version.patch);
}

}  // namespace eev::command

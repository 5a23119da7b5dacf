// In:  weights.  Out: the functions of engine.hpp, on a GPU. Compiled where the library eev::cuda is.
#include <eev/cuda.hpp>

#include "engine_on.hpp"

namespace eev::command {

predictor make_cuda_predictor(const io::model_files& files, bool bfloat16, int gpu,
                              const features::extraction_options& options) {
  return bfloat16 ? make_predictor_on<cuda::device, eev::bfloat16>(files, gpu, options)
                  : make_predictor_on<cuda::device, float>(files, gpu, options);
}

extractor make_cuda_extractor(const io::model_files& files, bool bfloat16, int gpu,
                              const features::extraction_options& options) {
  return bfloat16 ? make_extractor_on<cuda::device, eev::bfloat16>(files, gpu, options)
                  : make_extractor_on<cuda::device, float>(files, gpu, options);
}

gpu_findings find_gpus() {
  gpu_findings found{{}, cuda::driver_version(), "", false};
  try {
    for (const auto& gpu : cuda::gpus()) {
      if (gpu.usable) found.usable.push_back(gpu.name);
      if (!gpu.usable) found.reason = gpu.reason, found.unusable = true;
    }
  } catch (const error& problem) {
    found.reason = problem.what();
  }
  return found;
}

}  // namespace eev::command

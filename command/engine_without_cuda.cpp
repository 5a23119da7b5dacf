// In:  weights.  Out: an error: compiled in place of engine_cuda.cpp where there is no library eev::cuda.
#include "engine_on.hpp"

namespace eev::command {

namespace {

constexpr const char* reason = "this program was built without CUDA";

}  // namespace

predictor make_cuda_predictor(const io::model_files&, bool, int, const features::extraction_options&) {
  throw error(message("--device cuda: ", reason, "; use --device cpu"));
}

extractor make_cuda_extractor(const io::model_files&, bool, int, const features::extraction_options&) {
  throw error(message("--device cuda: ", reason, "; use --device cpu"));
}

gpu_findings find_gpus() { return {{}, "", reason}; }

}  // namespace eev::command

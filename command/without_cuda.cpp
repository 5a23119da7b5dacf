// In:  weights, or videos with labels.  Out: an error: compiled in place of engine_cuda.cpp and
// training_cuda.cpp where there is no library eev::cuda.
#include "engine_on.hpp"
#include "training.hpp"

namespace eev::command {

namespace {

constexpr const char* reason = "this program was built without CUDA";

[[noreturn]] void refuse() { throw error(message("--device cuda: ", reason, "; use --device cpu")); }

}  // namespace

predictor make_cuda_predictor(const io::model_files&, bool, int, const features::extraction_options&) {
  refuse();
}

extractor make_cuda_extractor(const io::model_files&, bool, int, const features::extraction_options&) {
  refuse();
}

void train_on_cuda(int, bool, const training_run&) { refuse(); }

std::vector<table> score_on_cuda(int, bool, const std::string&, const train::recipe&,
                                 const train::labelled_set&) {
  refuse();
}

gpu_findings find_gpus() { return {{}, "", reason, false}; }

}  // namespace eev::command

// In:  weights.  Out: the functions of engine.hpp, by the specification's plain loops.

#include <eev/reference/average_pool.hpp>
#include <eev/reference/concatenate.hpp>
#include <eev/reference/conv2d.hpp>
#include <eev/reference/device.hpp>
#include <eev/reference/excite.hpp>
#include <eev/reference/gate.hpp>
#include <eev/reference/gru.hpp>
#include <eev/reference/image_patches.hpp>
#include <eev/reference/layer_norm.hpp>
#include <eev/reference/linear.hpp>
#include <eev/reference/log_mel.hpp>
#include <eev/reference/max_pool.hpp>
#include <eev/reference/mean_pool.hpp>
#include <eev/reference/mixture_of_experts.hpp>
#include <eev/reference/normalise_image.hpp>
#include <eev/reference/patch_merging.hpp>
#include <eev/reference/place_columns.hpp>
#include <eev/reference/resize.hpp>
#include <eev/reference/standardise.hpp>
#include <eev/reference/window_attention.hpp>

#include "engine_on.hpp"

namespace eev::command {

predictor make_reference_predictor(const io::model_files& files,
                                   const features::extraction_options& options) {
  return make_predictor_on<reference::device<float>, float>(files, 1, options);
}

extractor make_reference_extractor(const io::model_files& files,
                                   const features::extraction_options& options) {
  return make_extractor_on<reference::device<float>, float>(files, 1, options);
}

}  // namespace eev::command

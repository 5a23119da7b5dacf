#include <doctest/doctest.h>

#include <eev/cuda.hpp>
#include <eev/reference/average_pool.hpp>
#include <eev/reference/concatenate.hpp>
#include <eev/reference/conv2d.hpp>
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

#include "close.hpp"
#include "formula_inputs.hpp"
#include "formula_sound.hpp"
#include "source_dir.hpp"

using namespace eev;
using namespace eev::test;

namespace {

struct prediction {
  std::vector<float> visual, audio, scores;
};

/// Two seconds of picture and sound through the demo bundle: Swin, VGGish and the head, by every kernel of
/// the forward pass.
template <class T, class Device>
prediction predict(Device& device) {
  const dim seconds = 2;
  const auto pixels = formula_image(seconds, 72, 96);
  const auto samples = formula_sound(seconds * video::sample_rate);
  const auto files = io::open_bundle(source_dir() + "/weights/demo.safetensors");
  model<Device, T> model(device, files);
  features::extractor<Device, T> extract(device, files.visual, files.audio);
  memory_video video({pixels.data(), {seconds, 72, 96, 3}}, samples);
  const auto rows = extract(video);
  const auto scores = model.predict(rows).scores;
  const auto values = [](const table& table) {
    return std::vector<float>(table.tensor().begin(), table.tensor().end());
  };
  return {values(rows.visual), values(rows.audio), values(scores)};
}

prediction expected() {
  reference::device<double> device;
  return predict<double>(device);
}

}  // namespace

TEST_CASE("large: a video goes through all the kernels as through the reference") {
  const auto right = expected();
  cuda::device device;
  const auto float32 = predict<float>(device);
  MESSAGE("float: visual ", relative_difference(float32.visual, right.visual), ", audio ",
          relative_difference(float32.audio, right.audio), ", scores ",
          relative_difference(float32.scores, right.scores));
  CHECK(relative_difference(float32.visual, right.visual) < 5e-6);  // measured on the CPU runner: 5.3e-7
  CHECK(relative_difference(float32.audio, right.audio) < 1e-5);    // 2.6e-6
  CHECK(relative_difference(float32.scores, right.scores) < 5e-6);  // 4.1e-7

  const auto half = predict<bfloat16>(device);
  MESSAGE("bfloat16: visual ", relative_difference(half.visual, right.visual), ", audio ",
          relative_difference(half.audio, right.audio), ", scores ",
          relative_difference(half.scores, right.scores));
  CHECK(relative_difference(half.visual, right.visual) < 0.01);   // 0.0036
  CHECK(relative_difference(half.audio, right.audio) < 0.04);     // 0.021
  CHECK(relative_difference(half.scores, right.scores) < 0.005);  // 0.0022
}

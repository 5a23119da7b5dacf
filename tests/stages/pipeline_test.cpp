#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <eev/io/safetensors_writer.hpp>
#include <eev/model.hpp>
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

#include "../io/temporary.hpp"
#include "close.hpp"
#include "formula_inputs.hpp"
#include "source_dir.hpp"

using namespace eev;
using namespace eev::test;

namespace {

const std::string demo_bundle = source_dir() + "/weights/demo.safetensors";

/// A video in memory: formula pictures, and a tone if `with_sound`.
struct formula_clip {
  dim seconds;
  std::vector<std::uint8_t> pixels = formula_image(seconds, 72, 96);
  std::vector<float> samples;

  explicit formula_clip(dim seconds, bool with_sound = true) : seconds(seconds) {
    if (!with_sound) return;
    for (dim i = 0; i < seconds * video::sample_rate; ++i)
      samples.push_back(0.3f * std::sin(float(i) * (0.1f + 1e-6f * float(i))));
  }
  memory_video video_of() const { return {{pixels.data(), {seconds, 72, 96, 3}}, samples}; }
};

std::vector<float> numbers_of(const table& table) { return {table.tensor().begin(), table.tensor().end()}; }

/// The demonstration's head alone, its last layer's parameters times `sign`, saying so of itself.
std::string write_head(const std::string& path, float sign,
                       const std::map<std::string, std::string>& metadata = {}) {
  const auto bundle = std::make_shared<const io::safetensors_file>(demo_bundle);
  std::vector<io::tensor_entry> entries;
  for (const auto& [name, tensor] : bundle->tensors())
    if (name.starts_with("head.")) entries.push_back({name.substr(5), tensor.shape});
  io::safetensors_source source(bundle, "head.");
  io::write_safetensors(path, metadata, entries, [&](const io::tensor_entry& entry) {
    auto values = source.read(entry.name, entry.shape);
    if (entry.name.starts_with("linear."))
      for (float& value : values) value *= sign;
    return values;
  });
  return path;
}

io::model_files with_heads(const std::vector<std::string>& heads) {
  const auto parts = io::open_bundle(demo_bundle);
  return io::open_model(parts.visual, parts.audio, heads);
}

template <class Device>
std::vector<float> predict(Device& device, const formula_clip& clip, rational rate = 6) {
  model<Device> model(device, demo_bundle);
  auto video = clip.video_of();
  return numbers_of(model.predict(video, rate).scores);
}

}  // namespace

TEST_CASE("a video of T seconds gives 6 T rows of fifteen scores between 0 and 1") {
  cpu::device device;
  const auto scores = predict(device, formula_clip(5));
  CHECK(scores.size() == 6 * 5 * 15);
  for (float score : scores) CHECK((score >= 0 && score <= 1));
  CHECK(predict(device, formula_clip(5), rational::reduced(1, 2)).size() == 3 * 15);
}

TEST_CASE("a model without a head, and a rate that is none, are errors of eev") {
  cpu::device device;
  CHECK_THROWS_WITH_AS(model<cpu::device>(device, with_heads({})), doctest::Contains("without a head"),
                       error);
  for (const int rate : {0, -1})
    CHECK_THROWS_WITH_AS(predict(device, formula_clip(2), rate),
                         doctest::Contains("expected a positive rate"), error);
}

TEST_CASE("a video in memory hands out its sound a second at a time") {
  const formula_clip clip(3);
  auto video = clip.video_of();
  std::vector<float> all;
  for (dim second = 1; second <= 3; ++second) {
    CHECK(video.next_samples(all));
    CHECK(dim(all.size()) == second * video::sample_rate);
  }
  CHECK(!video.next_samples(all));
  CHECK(all == clip.samples);
}

TEST_CASE("a prediction is the same bits on every run and with any number of threads") {
  cpu::device one(1), three(3);
  const formula_clip short_clip(9), long_clip(61);  // the latter is cut into a minute and a second
  CHECK(predict(one, short_clip) == predict(one, short_clip));
  CHECK(predict(one, long_clip) == predict(three, long_clip));
}

TEST_CASE("the rows of every sixth of a second on the second are the scores themselves") {
  cpu::device device;
  const formula_clip short_clip(4);
  const auto dense = predict(device, short_clip), sparse = predict(device, short_clip, 1);
  for (dim second = 0; second < 4; ++second)
    for (dim e = 0; e < 15; ++e) CHECK(dense[second * 6 * 15 + e] == sparse[second * 15 + e]);
}

TEST_CASE("the reference device predicts what the cpu predicts") {
  cpu::device fast;
  reference::device<float> plain;
  const formula_clip short_clip(2);
  CHECK(largest_difference(predict(fast, short_clip), predict(plain, short_clip)) < 1e-4);
}

TEST_CASE("bfloat16 predicts nearly what float predicts") {
  cpu::device device;
  model<cpu::device, bfloat16> half(device, demo_bundle);
  const formula_clip short_clip(8);
  auto video = short_clip.video_of();
  const auto scores = numbers_of(half.predict(video).scores);
  CHECK(largest_difference(scores, predict(device, short_clip)) < 0.05);
}

TEST_CASE("a video without sound is predicted as one of silence") {
  cpu::device device;
  formula_clip silence(3);
  std::fill(silence.samples.begin(), silence.samples.end(), 0.0f);
  CHECK(predict(device, formula_clip(3, false)) == predict(device, silence));
  CHECK(predict(device, formula_clip(3)) != predict(device, silence));
}

TEST_CASE("several heads are averaged") {
  // The second says the opposite.
  temporary_folder folder;
  const auto plain = write_head(folder / "plain.safetensors", 1),
             turned = write_head(folder / "turned.safetensors", -1);

  cpu::device device;
  const formula_clip short_clip(3);
  const auto with = [&](const std::vector<std::string>& heads) {
    model<cpu::device> model(device, with_heads(heads));
    auto video = short_clip.video_of();
    return numbers_of(model.predict(video).scores);
  };
  const auto first = with({plain}), second = with({turned}), both = with({plain, turned});
  CHECK(first == predict(device, short_clip));
  CHECK(first != second);
  for (std::size_t i = 0; i < both.size(); ++i) CHECK(both[i] == doctest::Approx((first[i] + second[i]) / 2));
}

TEST_CASE("a head reads clips as long as those that it has learned from") {
  temporary_folder folder;
  const auto head = write_head(folder / "head.safetensors", 1, {{"training.clip_seconds", "4"}});
  cpu::device device;
  model<cpu::device> model(device, with_heads({head}));
  const formula_clip clip(10);
  auto video = clip.video_of();
  const auto scores = numbers_of(model.predict(video, 1).scores), alone = predict(device, formula_clip(4), 1);
  CHECK(scores.size() == 10 * 15);
  CHECK(std::equal(alone.begin(), alone.end(), scores.begin()));
  const auto bad = write_head(folder / "bad.safetensors", 1, {{"training.clip_seconds", "few"}});
  CHECK_THROWS_WITH_AS(
      eev::model<cpu::device>(device, with_heads({bad})),
      doctest::Contains("bad.safetensors: metadata 'training.clip_seconds' is 'few', expected"), error);
}

TEST_CASE("a head takes the audio rows that it has learned to take") {
  temporary_folder folder;
  const auto head = write_head(folder / "head.safetensors", 1, {{"training.audio_index", "drift"}});
  cpu::device device;
  model<cpu::device> drifts(device, with_heads({head})), aligns(device, demo_bundle);
  const formula_clip clip(20);
  auto video = clip.video_of();
  const auto parts = io::open_bundle(demo_bundle);
  features::extraction_options options;
  options.audio_rate = features::vggish_rate;
  features::extractor<cpu::device> extract(device, parts.visual, parts.audio, options);
  auto rows = extract(video);
  const auto drifted = numbers_of(drifts.predict(rows).scores);
  CHECK(drifted != numbers_of(aligns.predict(rows).scores));
  rows.audio_rate = rows.rate;  // so that row k is nearest to second k
  CHECK(drifted == numbers_of(aligns.predict(rows).scores));
}

TEST_CASE("weights that do not fit together are refused by name") {
  cpu::device device;
  const auto bundle = std::make_shared<const io::safetensors_file>(demo_bundle);
  auto parts = io::open_bundle(bundle);
  parts.visual.name = "swin-tiny";
  CHECK_THROWS_WITH_AS(model<cpu::device>(device, parts), doctest::Contains("visual.patch_embed.proj.weight"),
                       error);
  parts = io::open_bundle(bundle);
  parts.audio.name = "ear";
  CHECK_THROWS_WITH_AS(model<cpu::device>(device, parts), doctest::Contains("no VGGish 'ear'"), error);
}

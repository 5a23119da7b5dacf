#include <set>

#include <doctest/doctest.h>

#include <eev/train/clip_batches.hpp>

#include "tiny_corpus.hpp"

using namespace eev;
using namespace eev::test;
using namespace eev::train;

namespace {

/// One video of `rows` label rows at 6 Hz and a feature row each second: row t holds t, label row k holds k.
struct one_video {
  temporary_folder folder;
  labelled_set set;

  one_video(const recipe& recipe, dim rows) {
    const dim T = (rows + 5) / 6;
    const auto row = [](dim t, dim) { return float(t); };
    write_features(folder / "v.safetensors", T, 2, 1, T + 2, row, row);
    write_file(folder / "labels.csv",
               labels_header() + label_rows("v", rows, [](dim k, dim) { return float(k + 1) / 4096; }));
    set = read_labelled_set(folder.path(), folder / "labels.csv", recipe);
  }
};

/// Column 0 of [B, T, C].
std::vector<float> column(const std::vector<float>& values, std::size_t C) {
  std::vector<float> column;
  for (std::size_t i = 0; i < values.size(); i += C) column.push_back(values[i]);
  return column;
}

}  // namespace

TEST_CASE("an epoch has a clip of each video, in another order each time") {
  const tiny_corpus corpus;
  recipe recipe;
  recipe.clip_seconds = 10;
  const auto set = read_labelled_set(corpus.features(), corpus.labels("train"), recipe);
  std::set<std::vector<std::size_t>> orders;
  for (int epoch = 0; epoch < 20; ++epoch) {
    const auto clips = clips_of_epoch(recipe, set.videos, epoch);
    CHECK(clips == clips_of_epoch(recipe, set.videos, epoch));
    std::set<std::size_t> videos;
    std::vector<std::size_t> order;
    for (const auto& [video, begin] : clips) {
      videos.insert(video), order.push_back(video);
      CHECK(begin >= 0);
      CHECK(begin < std::max<dim>(set.videos[video].rows() - 10 + 1, 1));
    }
    CHECK(videos.size() == set.videos.size());
    orders.insert(order);
  }
  CHECK(orders.size() > 15);
  recipe.seed = 2;
  CHECK(clips_of_epoch(recipe, set.videos, 0) != clips_of_epoch(train::recipe(), set.videos, 0));
}

TEST_CASE("clips begin anywhere from which they fit; the authors' also where they do not") {
  recipe recipe;
  recipe.clip_seconds = 10;
  const one_video video(recipe, 6 * 14);
  const auto starts = [&] {
    std::set<dim> starts;
    for (int epoch = 0; epoch < 400; ++epoch)
      starts.insert(clips_of_epoch(recipe, video.set.videos, epoch)[0].begin);
    return starts;
  };
  CHECK(starts() == std::set<dim>{0, 1, 2, 3, 4});
  recipe.overrunning_starts = true;  // (84 - 10) / 6 = 12
  CHECK(*starts().rbegin() == 12);
  CHECK(starts().size() == 13);
}

TEST_CASE("past the end of a video its last row is held, and does not count") {
  recipe recipe;
  recipe.clip_seconds = 5;
  const one_video video(recipe, 16);  // 3 seconds
  clip_batch batch;
  fill(batch, recipe, video.set, std::vector<train::clip>{{0, 0}});
  CHECK(std::pair(batch.clips, batch.rows) == std::pair<dim, dim>(1, 5));
  CHECK(column(batch.visual, 2) == std::vector<float>{0, 1, 2, 2, 2});
  CHECK(batch.audio == std::vector<float>{0, 1, 2, 2, 2});
  CHECK(batch.mask == std::vector<float>{1, 1, 1, 0, 0});
  CHECK(column(batch.labels, 15)[1] == 7.0f / 4096);
}

TEST_CASE("the authors' clips hold the row one second before the end, and the last of the audio, and count") {
  recipe recipe = find_recipe("paper");
  recipe.clip_seconds = 5;
  const one_video video(recipe, 16);  // 2 whole seconds; audio has 5 rows
  clip_batch batch;
  fill(batch, recipe, video.set, std::vector<train::clip>{{0, 1}});
  CHECK(column(batch.visual, 2) == std::vector<float>{1, 2, 1, 1, 1});
  CHECK(batch.audio == std::vector<float>{1, 2, 4, 4, 4});
  CHECK(column(batch.labels, 15) ==
        std::vector<float>{7.0f / 4096, 13.0f / 4096, 7.0f / 4096, 7.0f / 4096, 7.0f / 4096});
  CHECK(batch.mask == std::vector<float>(5, 1));
}

TEST_CASE("a modality that is not learned from is not read") {
  recipe recipe;
  recipe.clip_seconds = 2, recipe.audio_units = 0;
  const one_video video(recipe, 30);
  clip_batch batch;
  fill(batch, recipe, video.set, std::vector<train::clip>{{0, 1}, {0, 3}});
  CHECK(batch.audio.empty());
  CHECK(column(batch.visual, 2) == std::vector<float>{1, 2, 3, 4});
}

#include <doctest/doctest.h>

#include <eev/reference/device.hpp>
#include <eev/train/score_videos.hpp>

#include "tiny_corpus.hpp"

using namespace eev;
using namespace eev::test;
using namespace eev::train;

TEST_CASE("each row of a video is scored once, in its place, in clips that begin anew") {
  const temporary_folder folder;
  std::string csv = labels_header();
  const std::vector<dim> lengths{25, 10, 7, 30, 1, 7};  // clips of 10, and what is left over
  for (dim v = 0; v < dim(lengths.size()); ++v) {
    const std::string id = message("v", v);
    write_features(
        folder / (id + ".safetensors"), lengths[v], 2, 1, lengths[v],
        [v](dim t, dim) { return float(100 * v + t); }, [v](dim t, dim) { return float(-100 * v - t); });
    csv += label_rows(id, 6 * lengths[v] - v, [](dim k, dim) { return double(k % 8) / 8; });
  }
  write_file(folder / "labels.csv", csv);
  recipe recipe;
  recipe.clip_seconds = 10;
  const auto validation = read_validation_set(folder.path(), folder / "labels.csv", recipe);

  reference::device<float> device;
  std::vector<std::array<dim, 2>> batches;
  const auto scores = score_videos(device, recipe, validation.set, [&](auto y, auto visual, auto audio) {
    batches.push_back({y.shape[0], y.shape[1]});
    for (dim b = 0; b < y.shape[0]; ++b)
      for (dim t = 0; t < y.shape[1]; ++t) {
        CHECK(audio(b, t, 0) == -visual(b, t, 0));
        for (dim e = 0; e < y.shape[2]; ++e) y(b, t, e) = visual(b, t, 1) + 1000 * float(t);
      }
  });
  // Clips of one length go together: six of 10, one of 5, two of 7, one of 1.
  CHECK(batches == std::vector<std::array<dim, 2>>{{6, 10}, {2, 7}, {1, 5}, {1, 1}});
  for (dim v = 0; v < dim(lengths.size()); ++v) {
    REQUIRE(scores[v].rows() == lengths[v]);
    for (dim k = 0; k < lengths[v]; ++k)
      CHECK(scores[v].tensor()(k, 14) == float(100 * v + k) + 1000 * float(k % 10));
  }
}

TEST_CASE("curves are as long as the labels; those of the labels themselves score 1") {
  const temporary_folder folder;
  const auto ramp = [](dim k, dim e) { return double(k) / 64 * (e == 3 ? 0.5 : 1); };
  const auto row = [](dim t, dim) { return float(t); };
  write_features(folder / "v.safetensors", 8, 2, 1, 8, row, row);
  write_file(folder / "labels.csv", labels_header() + label_rows("v", 43, ramp));
  const recipe recipe;
  const auto validation = read_validation_set(folder.path(), folder / "labels.csv", recipe);
  const std::vector<table> scores{validation.set.videos[0].labels};
  const auto curves = dense_curves(validation.set, recipe, scores);
  CHECK(curves[0].rows() == 43);
  CHECK(curves[0].tensor()(39, 0) == doctest::Approx(39.0 / 64));
  CHECK(score_of(validation, curves).mean == doctest::Approx(1));
  CHECK(score_against(validation, recipe, scores).mean == score_of(validation, curves).mean);
}

#include <doctest/doctest.h>

#include <eev/train/labelled_set.hpp>
#include <eev/train/statistics.hpp>

#include "tiny_corpus.hpp"

using namespace eev;
using namespace eev::test;
using namespace eev::train;

namespace {

/// A folder of features of rows 10 t + c, and the labels of the videos that are added.
struct small_corpus {
  temporary_folder folder;
  std::string csv = labels_header();

  void add_features(const std::string& id, dim T, const metadata& metadata = {}, dim C = 3) {
    const auto row = [](dim t, dim c) { return float(10 * t + c); };
    write_features(folder / (id + ".safetensors"), T, C, 2, T, row, row, metadata);
  }
  void add_labels(const std::string& id, dim rows, const auto& score) { csv += label_rows(id, rows, score); }
  void add_labels(const std::string& id, dim rows) {
    add_labels(id, rows, [](dim k, dim) { return float(k) / 1024; });
  }
  labelled_set read(const recipe& recipe = {}) {
    write_file(folder / "labels.csv", csv);
    return read_labelled_set(folder.path(), folder / "labels.csv", recipe);
  }
  std::string complaint(const recipe& recipe = {}) {
    const std::string whole = error_of([&] { read(recipe); });
    return whole.substr(std::min(whole.size(), folder.path().size() + 1));
  }
};

}  // namespace

TEST_CASE("features and labels are joined by ID, in the order of the labels") {
  small_corpus corpus;
  for (const char* id : {"a", "b", "c"}) corpus.add_features(id, 4);
  for (const char* id : {"c", "x", "a"}) corpus.add_labels(id, 20);
  const auto set = corpus.read();
  REQUIRE(set.videos.size() == 2);
  CHECK(set.videos[0].id() == "c");
  CHECK(set.videos[1].id() == "a");
  CHECK(set.without_features == std::vector<std::string>{"x"});
  CHECK(set.without_labels == std::vector<std::string>{"b"});
  CHECK(std::pair(set.visual_width, set.audio_width) == std::pair<dim, dim>(3, 2));
  CHECK(fingerprint(set) == fingerprint(corpus.read()));
  corpus.add_labels("b", 7);
  CHECK(fingerprint(set) != fingerprint(corpus.read()));
}

TEST_CASE("a set of features that other networks have made is another one") {
  small_corpus corpus;
  corpus.add_features("a", 4, {{"eev.visual_sha256", "12"}});
  corpus.add_labels("a", 20);
  const auto before = fingerprint(corpus.read());
  corpus.add_features("a", 4, {{"eev.visual_sha256", "13"}});
  CHECK(fingerprint(corpus.read()) != before);
  corpus.add_features("a", 4, {{"eev.visual_sha256", "12"}});
  CHECK(fingerprint(corpus.read()) == before);
}

TEST_CASE("labels are those of the steps that features cover") {
  small_corpus corpus;
  corpus.add_features("short", 3), corpus.add_features("long", 9);
  corpus.add_labels("short", 25), corpus.add_labels("long", 25);
  const auto set = corpus.read();
  CHECK(set.videos[0].rows() == 3);
  CHECK(set.videos[1].rows() == 5);
  CHECK(set.videos[1].label_rows == 25);
  for (dim t = 0; t < 5; ++t) CHECK(set.videos[1].labels.tensor()(t, 7) == float(6 * t) / 1024);

  corpus.add_features("short", 18, {{"eev.rate", "6"}}), corpus.add_features("long", 54, {{"eev.rate", "6"}});
  recipe dense;
  dense.rate = 6;
  const auto all = corpus.read(dense);
  CHECK(all.videos[0].rows() == 18);
  CHECK(all.videos[1].rows() == 25);
  CHECK(all.videos[1].labels.tensor()(24, 0) == 24.0f / 1024);
}

TEST_CASE("rows of zeros are masked before labels are smoothed, or not") {
  small_corpus corpus;
  corpus.add_features("a", 20);
  corpus.add_labels("a", 120, [](dim k, dim e) {
    return k == 30 && e == 14 ? 1.0 : k % 12 == 0 ? 0.0 : 0.5;
  });
  recipe recipe;
  recipe.label_filter = "gaussian";
  const auto counted = corpus.read(recipe).videos[0].counted;
  for (dim t = 0; t < 20; ++t) CHECK(counted[t] == (t % 2 == 1));
  recipe.mask_zero_rows = false;
  const auto all = corpus.read(recipe).videos[0].counted;
  CHECK(all == std::vector<char>(20, 1));
}

TEST_CASE("labels are smoothed at the rate of training; what is too short is told of") {
  small_corpus corpus;
  corpus.add_features("a", 20), corpus.add_features("b", 9);
  corpus.add_labels("a", 120, [](dim k, dim) { return k == 36 ? 1.0 : 0.25; }), corpus.add_labels("b", 54);
  recipe recipe;
  recipe.label_filter = "median";
  const auto set = corpus.read(recipe);
  CHECK(set.videos[0].labels.tensor()(6, 3) == 0.25f);
  CHECK(set.videos[1].labels.tensor()(1, 0) == 6.0f / 1024);
  CHECK(set.unfiltered == std::vector<std::string>{"b"});
}

TEST_CASE("features that do not go together are refused by file") {
  const auto second = [](const metadata& metadata, dim C = 3, const recipe& recipe = {}) {
    small_corpus corpus;
    corpus.add_features("a", 4, {{"eev.visual", "swin-tiny"}}), corpus.add_features("b", 4, metadata, C);
    corpus.add_labels("a", 20), corpus.add_labels("b", 20);
    return corpus.complaint(recipe);
  };
  CHECK(second({{"eev.visual", "swin-tiny"}}) == "");
  CHECK(second({{"eev.visual", "swin-tiny"}}, 4) ==
        "b.safetensors: tensor 'visual' has rows of 4, expected 3 as in the other files");
  CHECK(second({{"eev.visual", "swin-base"}}).find("b.safetensors: eev.visual is 'swin-base'") == 0);
  CHECK(second({}).find("b.safetensors: eev.visual is ''") == 0);
  CHECK(second({{"eev.visual", "swin-tiny"}, {"eev.rate", "2"}}).find("b.safetensors: has 2 rows a second") ==
        0);
  CHECK(
      second({{"eev.visual", "swin-tiny"}, {"eev.audio_hop", "0.96"}}).find("b.safetensors: eev.audio_hop") ==
      0);

  small_corpus silent;
  const auto row = [](dim, dim) { return 1.0f; };
  write_features(silent.folder / "a.safetensors", 4, 3, 0, 0, row, row);
  silent.add_labels("a", 20);
  CHECK(silent.complaint().find("a.safetensors: no tensor 'audio'") == 0);
  recipe visual;
  visual.audio_units = 0;
  CHECK(silent.read(visual).audio_width == 0);
}

TEST_CASE("labels that go on long after the features are told of, and all zeros are nothing to learn") {
  small_corpus corpus;
  corpus.add_features("fits", 4), corpus.add_features("long", 4);
  corpus.add_labels("fits", 6 * 14), corpus.add_labels("long", 6 * 14 + 1);
  CHECK(corpus.read().beyond_features == std::vector<std::string>{"long"});

  small_corpus blank;
  blank.add_features("a", 4), blank.add_labels("a", 20, [](dim, dim) { return 0.0f; });
  CHECK(blank.complaint() ==
        "labels.csv: all 4 rows to learn from are zero in every expression, and the setting mask_zero_rows "
        "leaves "
        "such rows out; expected labels that say something, or --no-mask-zero-rows");
  recipe unmasked;
  unmasked.mask_zero_rows = false;
  CHECK(blank.read(unmasked).videos.size() == 1);
}

TEST_CASE("nothing in common is an error that names both") {
  small_corpus corpus;
  corpus.add_features("a", 4), corpus.add_labels("b", 20);
  CHECK(corpus.complaint() == "labels.csv: none of its 1 videos has features in " + corpus.folder.path() +
                                  ", which has those of 1");
}

TEST_CASE("audio rows are taken by time, or as the authors took them") {
  small_corpus corpus;
  corpus.add_features("a", 60, {{"eev.audio_hop", "0.96"}}), corpus.add_labels("a", 360);
  recipe recipe;
  const auto set = corpus.read(recipe);
  const auto& features = set.videos[0].features;
  CHECK(audio_row_of(recipe, features, 48) == 50);
  CHECK(audio_row_of(recipe, features, 59) == 59);  // the last there is
  recipe.audio_index = "drift";
  CHECK(audio_row_of(recipe, features, 48) == 48);
}

TEST_CASE("statistics are those of all rows; what never changes has the deviation 1") {
  small_corpus corpus;
  corpus.add_features("a", 2), corpus.add_features("b", 3), corpus.add_labels("a", 12),
      corpus.add_labels("b", 12);
  const auto row = [](dim, dim c) { return float(c) + 0.1f; };
  write_features(
      corpus.folder / "b.safetensors", 3, 3, 2, 3, [](dim t, dim c) { return float(100 * t + c); }, row);
  write_features(
      corpus.folder / "a.safetensors", 2, 3, 2, 2, [](dim t, dim c) { return float(10 * t + c); }, row);
  const auto set = corpus.read();
  const auto visual = statistics_of(set.videos, &io::video_features::visual);
  // 0, 10, 0, 100, 200: mean 62, mean of squares 10020
  for (dim c = 0; c < 3; ++c) {
    CHECK(visual.mean[c] == doctest::Approx(62 + double(c)));
    CHECK(visual.deviation[c] == doctest::Approx(std::sqrt(10020.0 - 62 * 62)));
  }
  const auto audio = statistics_of(set.videos, &io::video_features::audio);
  CHECK(audio.mean == std::vector<float>{0.1f, 1.1f});
  CHECK(audio.deviation == std::vector<float>{1, 1});
}

#include <map>

#include <doctest/doctest.h>

#include <eev/head/head_shape.hpp>

using namespace eev;

namespace {

using shapes = std::map<std::string, std::vector<dim>>;

head_shape shape_of(const shapes& file) {
  return head_shape_of([&](const std::string& name) -> std::optional<std::vector<dim>> {
    const auto found = file.find(name);
    return found == file.end() ? std::nullopt : std::optional(found->second);
  });
}

const shapes paper{{"image_gru.weight_ih_l0", {1536, 1536}},
                   {"image_gru.weight_ih_l1", {1536, 1024}},
                   {"audio_gru.weight_ih_l0", {384, 128}},
                   {"audio_gru.weight_ih_l1", {384, 256}},
                   {"linear.weight", {15, 1280}}};

}  // namespace

TEST_CASE("the paper's head is 1280 wide where the modalities meet") {
  CHECK(find_head_shape("head").fused() == 1280);
}

TEST_CASE("a head's sizes are read off its tensors") {
  CHECK(shape_of(paper) == find_head_shape("head"));
  shapes other = paper;
  other["image_gru.weight_ih_l0"] = {30, 77};
  other["linear.weight"] = {3, 276};
  CHECK(shape_of(other) == head_shape{.visual = 77, .visual_units = 10, .expressions = 3});
}

TEST_CASE("a head of one modality has no units of the other") {
  shapes visual = paper, audio = paper;
  visual.erase("audio_gru.weight_ih_l0");
  audio.erase("image_gru.weight_ih_l0");
  CHECK(shape_of(visual) == head_shape{.audio = 0, .audio_units = 0});
  CHECK(shape_of(audio) == head_shape{.visual = 0, .visual_units = 0});
}

TEST_CASE("a head whose classifier is a mixture of experts tells how many by the rows of its tensors") {
  shapes baseline = paper;
  baseline.erase("linear.weight");
  baseline["gates.weight"] = {45, 1280}, baseline["experts.weight"] = {30, 1280};
  CHECK(shape_of(baseline) == head_shape{.experts = 2});
  baseline["experts.weight"] = {31, 1280};
  CHECK_THROWS_WITH_AS(shape_of(baseline),
                       "tensors 'gates.weight' and 'experts.weight' of a head have 45 and 31 rows, expected "
                       "E (M + 1) and E M for E expressions of M experts",
                       error);
}

TEST_CASE("what is no head is refused") {
  CHECK_THROWS_WITH_AS(shape_of({}),
                       "not a head: no tensor 'image_gru.weight_ih_l0' or 'audio_gru.weight_ih_l0'", error);
  shapes file = paper;
  file.erase("linear.weight");
  CHECK_THROWS_WITH_AS(shape_of(file),
                       "not a head: no tensor 'linear.weight', nor 'gates.weight' and 'experts.weight'",
                       error);
  file = paper;
  file["linear.weight"] = {15};
  CHECK_THROWS_WITH_AS(shape_of(file), "tensor 'linear.weight' of a head is [15], expected a matrix", error);
  file = paper;
  file.erase("audio_gru.weight_ih_l1");
  CHECK_THROWS_WITH_AS(shape_of(file), "image_gru has 2 layers, audio_gru 1; expected the same number",
                       error);
  CHECK_THROWS_WITH_AS(find_head_shape("tail"), "no head 'tail'; there are head, head-demo", error);
}

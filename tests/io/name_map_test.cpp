#include <map>

#include <doctest/doctest.h>

#include <eev/io/name_maps.hpp>

#include "temporary.hpp"

using namespace eev;
using namespace eev::io;
using namespace eev::test;

namespace {

using some_names = std::map<std::string, int>;

constexpr name_rule test_rules[] = {
    {"*.count", "", "not needed"},     {"a.#.b", "", "not needed"},       {"a.#.*", "x.#+1.y.*"},
    {"q.#.*", "qk.#.*", "", {}, 0, 2}, {"k.#.*", "qk.#.*", "", {}, 1, 2}, {"one", "two"},
};
constexpr name_map test_map{"test source", "net", "module.", "one", test_rules};

renaming renamed(const some_names& names) { return rename_tensors("f", test_map, names); }

std::string renaming_complaint(const some_names& names) {
  return error_of([&] { renamed(names); });
}

}  // namespace

TEST_CASE("rules of names rename, count on, join and drop, with or without a prefix") {
  const auto result = renamed(
      {{"one", 0}, {"a.9.b.c", 0}, {"module.a.10.b", 0}, {"a.1.z.count", 0}, {"k.3.w", 0}, {"q.3.w", 0}});
  const std::map<std::string, std::vector<std::string>> expected{
      {"two", {"one"}}, {"x.10.y.b.c", {"a.9.b.c"}}, {"qk.3.w", {"q.3.w", "k.3.w"}}};
  CHECK(result.made_of == expected);
  REQUIRE(result.dropped.size() == 2);
  CHECK(result.dropped[0].name == "a.1.z.count");
  CHECK(result.dropped[1].name == "module.a.10.b");
  CHECK(result.dropped[0].rule->reason == "not needed");
}

TEST_CASE("a name without a rule, two that become one and a part that is missing are refused") {
  const auto unknown = [](const std::string& name) {
    return "f: tensor '" + name + "' is unknown in a checkpoint of the kind 'test source'";
  };
  for (const char* name : {"", "one.", "on", "oneone", ".count", "a.count.b", "a..b", "a.x.b", "a.1", "a.1.",
                           "a.12345.b", "module.", "b"})
    CHECK(renaming_complaint({{name, 0}}) == unknown(name));
  CHECK(renaming_complaint({{"module.one", 0}, {"one", 0}}) ==
        "f: tensors 'module.one' and 'one' are both two");
  CHECK(renaming_complaint({{"q.3.w", 0}}) == "f: no tensor 'k.3.w', a part of qk.3.w");
  CHECK(renaming_complaint({{"k.3.w", 0}, {"q.4.w", 0}}) == "f: no tensor 'q.3.w', a part of qk.3.w");
}

TEST_CASE("a checkpoint's source is known by one name") {
  const auto source = [](const some_names& names) {
    const auto* map = find_source(name_maps, names);
    return map ? std::string(map->source) : "";
  };
  CHECK(source({{"layers.0.downsample.reduction.weight", 0}}) == "official Swin");
  CHECK(source({{"module.layers.0.downsample.reduction.weight", 0}}) == "official Swin");
  CHECK(source({{"layers.1.downsample.reduction.weight", 0}, {"norm.bias", 0}}) == "timm Swin");
  // Microsoft's has both: its layer 1 merges for layer 2.
  CHECK(source({{"layers.0.downsample.reduction.weight", 0}, {"layers.1.downsample.reduction.weight", 0}}) ==
        "official Swin");
  for (const char* prefix : {"", "swin."})
    CHECK(source({{std::string(prefix) + "embeddings.patch_embeddings.projection.weight", 0}}) ==
          "Hugging Face Swin");
  CHECK(source({{"layer0.conv1.weight", 0}, {"layer1.0.conv1.weight", 0}}) == "Cadene SE-ResNet");
  CHECK(source({{"Mixed_5b.branch1x1.conv.weight", 0}}) == "torchvision Inception");
  CHECK(source({{"embeddings.4.weight", 0}, {"features.0.weight", 0}}) == "torchvggish");
  CHECK(source({{"module.contextGate1.linear.weight", 0}}) == "PyTorch head");
  CHECK(source({{"conv1.weight", 0}}) == "");
  CHECK(source({}) == "");
}

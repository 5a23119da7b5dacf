#include <doctest/doctest.h>

#include <eev/io/formula_weights.hpp>
#include <eev/io/safetensors_source.hpp>
#include <eev/io/safetensors_writer.hpp>

#include "temporary.hpp"

using namespace eev;
using namespace eev::io;
using namespace eev::test;

namespace {

std::vector<float> by_formula(const tensor_entry& tensor) {
  return formula_tensor(tensor.name, tensor.shape);
}

}  // namespace

TEST_CASE("a safetensors file is written byte for byte as Python writes it") {
  const temporary_folder folder;
  write_safetensors(folder / "ours", {{"eev.id", "clip \"\u00e9\" \\"}},
                    {{"z", {0, 4}}, {"a.bias", {3}, "BF16"}, {"b.weight", {3, 2}}, {"a.scalar", {}}},
                    by_formula);
  // safetensors 0.8.0, the same tensors from tools/formula_weights.py
  CHECK(read_file(folder / "ours") ==
        from_hex("20010000000000007b225f5f6d657461646174615f5f223a7b226565762e6964223a22636c6970205c22c3a95c2"
                 "2205c5c22"
                 "7d2c22612e7363616c6172223a7b226474797065223a22463332222c227368617065223a5b5d2c22646174615f6"
                 "f66667365"
                 "7473223a5b302c345d7d2c22622e776569676874223a7b226474797065223a22463332222c227368617065223a5"
                 "b332c325d"
                 "2c22646174615f6f666673657473223a5b342c32385d7d2c227a223a7b226474797065223a22463332222c22736"
                 "861706522"
                 "3a5b302c345d2c22646174615f6f666673657473223a5b32382c32385d7d2c22612e62696173223a7b226474797"
                 "065223a22"
                 "42463136222c227368617065223a5b335d2c22646174615f6f666673657473223a5b32382c33345d7d7d2020202"
                 "0a1c3453e"
                 "74d9e33e8909a03ec44f893ffb3599bf8ead873f31e7ddbe1d3e223e703c"));
}

TEST_CASE("a safetensors file written is a safetensors file read") {
  const temporary_folder folder;
  const std::map<std::string, std::string> metadata{
      {"", ""}, {"line\n\t\1", "\"quoted\\\""}, {"\u00e9", "\u20ac"}};
  const std::vector<tensor_entry> tensors{{"a \"name\"\n", {5, 7}},
                                          {"half", {3, 1, 2}, "BF16"},
                                          {"none", {2, 0, 3}},
                                          {"one", {}},
                                          {"half one", {}, "BF16"}};
  write_safetensors(folder / "file", metadata, tensors, by_formula);
  CHECK(folder.size() == 1);
  safetensors_source source(folder / "file");
  CHECK(source.file().metadata() == metadata);
  for (const tensor_entry& tensor : tensors) {
    std::vector<float> expected = by_formula(tensor);
    if (tensor.type == "BF16")
      for (float& value : expected) value = bfloat16(value);
    CHECK(source.read(tensor.name, tensor.shape) == expected);
  }
  source.require_all_read();

  write_safetensors(folder / "file", {}, {}, by_formula);
  CHECK(read_file(folder / "file") == std::string("\x08\0\0\0\0\0\0\0{}      ", 16));
}

TEST_CASE("a writer that fails leaves the older file and nothing else") {
  const temporary_folder folder;
  const std::string path = folder / "file";
  write_file(path, "older");
  auto complaint = [&](std::vector<tensor_entry> tensors, auto values) {
    const std::string found = error_of([&] { write_safetensors(path, {}, tensors, values); });
    CHECK(read_file(path) == "older");
    CHECK(folder.size() == 1);
    return found;
  };
  const std::vector<tensor_entry> two{{"a", {1000}}, {"b", {2, 3}}};
  CHECK(complaint(two, [](const tensor_entry& tensor) {
          require(tensor.name == "a", "no b");
          return by_formula(tensor);
        }) == "no b");
  CHECK(complaint(two, [](const tensor_entry&) { return std::vector<float>(1000); }) ==
        path + ": tensor 'b' has 1000 values, expected [2, 3]");
  CHECK(complaint({{"a", {1}}, {"a", {2}, "BF16"}}, by_formula) ==
        path + ": there cannot be another tensor 'a'");
  CHECK(complaint({{"__metadata__", {1}}}, by_formula) ==
        path + ": there cannot be another tensor '__metadata__'");
  CHECK(complaint({{"a", {1}, "I64"}}, by_formula) ==
        path + ": tensor 'a' cannot be written as I64, only as F32 or BF16");
  CHECK(complaint({{std::string(longest_header, 'a'), {1}}}, by_formula) ==
        path + ": cannot be written: a header of 100000056 bytes");
}

TEST_CASE("tensors are asked for one at a time, in the order of the file") {
  const temporary_folder folder;
  std::string order;
  write_safetensors(folder / "file", {}, {{"c", {1}}, {"a", {1}, "BF16"}, {"b", {1}}},
                    [&](const tensor_entry& tensor) {
                      order += tensor.name;
                      return by_formula(tensor);
                    });
  CHECK(order == "bca");
}

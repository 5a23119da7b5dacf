#include <cmath>

#include <doctest/doctest.h>

#include <eev/io/formula_weights.hpp>
#include <eev/io/safetensors_source.hpp>
#include <eev/io/safetensors_writer.hpp>
#include <eev/io/strided_tensor.hpp>

#include "temporary.hpp"

using namespace eev;
using namespace eev::io;
using namespace eev::test;

namespace {

/// A file of one 16-bit tensor `t` [3] behind a header of odd length, so that its data is at an odd address.
void write_unaligned(const std::string& path, const std::string& type, const std::string& data) {
  std::string header = "{\"t\":{\"dtype\":\"" + type + "\",\"shape\":[3],\"data_offsets\":[0," +
                       std::to_string(data.size()) + "]}}";
  if (header.size() % 2 == 0) header += ' ';
  const std::uint64_t length = header.size();
  write_file(path, std::string(reinterpret_cast<const char*>(&length), 8) + header + data);
}

}  // namespace

TEST_CASE("a source reads F32, BF16 and F16 at any address as the same numbers") {
  const temporary_folder folder;
  const std::string path = folder / "file";
  auto read = [&] { return safetensors_source(path).read("t", {3}); };
  write_unaligned(path, "F32", from_hex("0000c03f0000004000000080"));
  CHECK(read() == std::vector<float>{1.5f, 2.0f, -0.0f});
  write_unaligned(path, "BF16", from_hex("c03f004001ff"));
  CHECK(read() == std::vector<float>{1.5f, 2.0f, -0x1.02p127f});
  write_unaligned(path, "F16", from_hex("003e00400100"));
  CHECK(read() == std::vector<float>{1.5f, 2.0f, 0x1p-24f});
}

TEST_CASE("a source names the tensor that is not as expected, and the first number that is none") {
  const temporary_folder folder;
  const std::string path = folder / "file";
  auto complaint = [&](const std::string& name, const std::vector<dim>& shape) {
    return error_of([&] { safetensors_source(path).read(name, shape); });
  };
  write_unaligned(path, "F32", from_hex("0000c03f0000004000000080"));
  CHECK(complaint("norm.weight", {3, 2}) == path + ": no tensor 'norm.weight', expected one of shape [3, 2]");
  CHECK(complaint("t", {1, 3}) == path + ": tensor 't' is [3], expected [1, 3]");
  CHECK(complaint("t", {}) == path + ": tensor 't' is [3], expected []");
  write_unaligned(path, "F32", from_hex("0000c03f0000c07f0000807f"));
  CHECK(complaint("t", {3}).find(": tensor 't' holds nan at index 1, expected finite numbers") !=
        std::string::npos);
  write_unaligned(path, "F32", from_hex("0000c03fffff7f7f000080ff"));
  CHECK(complaint("t", {3}) == path + ": tensor 't' holds -inf at index 2, expected finite numbers");
  write_unaligned(path, "BF16", from_hex("807fc03f0040"));
  CHECK(complaint("t", {3}) == path + ": tensor 't' holds inf at index 0, expected finite numbers");
  write_unaligned(path, "F16", from_hex("003e007c0040"));
  CHECK(complaint("t", {3}) == path + ": tensor 't' holds inf at index 1, expected finite numbers");
  write_unaligned(path, "I16", from_hex("003e00400100"));
  CHECK(complaint("t", {3}) == path + ": tensor 't' is I16, expected F32, F16 or BF16");
}

TEST_CASE("a tensor without elements may claim any other extents") {
  const strided_tensor tensor = row_major_tensor({"F32", {0, dim{1} << 62, dim{1} << 62}, {}});
  CHECK(tensor.size() == 0);
  CHECK(tensor.is_contiguous());
  CHECK(tensor.finite_floats("t").empty());
}

TEST_CASE("a source of a bundle sees its own part, under short names") {
  const temporary_folder folder;
  const std::string path = folder / "bundle";
  write_safetensors(
      path, {},
      {{"audio.t", {2}}, {"audio.u", {1}}, {"head.t", {3}}, {"visual.t", {4}}, {"visual.u.weight", {5}}},
      [](const tensor_entry& tensor) { return formula_tensor(tensor.name, tensor.shape); });
  const auto file = std::make_shared<safetensors_file>(path);
  const auto visual = std::make_shared<safetensors_source>(file, "visual.");
  CHECK(visual->has("t"));
  CHECK_FALSE(visual->has("visual.t"));
  CHECK_FALSE(visual->has("u"));
  CHECK(visual->read("t", {4}) == formula_tensor("visual.t", {4}));
  CHECK(error_of([&] { visual->read("w", {2}); }) ==
        path + ": no tensor 'visual.w', expected one of shape [2]");
  CHECK(error_of([&] { visual->require_all_read(); }) ==
        path + ": 1 tensor that the network has no place for: 'visual.u.weight'");
  CHECK(weights(visual).scope("u").read("weight", {5}).size() == 5);
  visual->require_all_read();

  const safetensors_source all(file);
  CHECK(error_of([&] { all.require_all_read(); }) ==
        path + ": 5 tensors that the network has no place for: 'audio.t', 'audio.u', 'head.t', ...");
  safetensors_source(file, "other.").require_all_read();
}

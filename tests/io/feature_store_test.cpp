#include <cmath>

#include <doctest/doctest.h>

#include <eev/io/feature_store.hpp>

#include "train/tiny_corpus.hpp"

using namespace eev;
using namespace eev::test;

namespace {

float value(dim t, dim c) { return float(10 * t + c); }

/// A video of 4 rows of 3, and 5 rows of 2.
io::video_features written(const temporary_folder& folder, const metadata& metadata) {
  write_features(folder / "v.safetensors", 4, 3, 2, 5, value, value, metadata);
  return io::open_features(folder / "v.safetensors", "v");
}

}  // namespace

TEST_CASE("rows are read where they lie, without metadata at 1 Hz") {
  const temporary_folder folder;
  const auto features = written(folder, {});
  CHECK(features.rate == rational(1));
  CHECK(features.audio_hop == rational(1));
  CHECK(std::pair(features.visual.rows(), features.visual.columns()) == std::pair<dim, dim>(4, 3));
  CHECK(std::pair(features.audio.rows(), features.audio.columns()) == std::pair<dim, dim>(5, 2));
  std::array<float, 3> row{};
  features.visual.read(2, view<float, 1>{row.data(), {3}});
  CHECK(row == std::array<float, 3>{20, 21, 22});
}

TEST_CASE("rates are what the metadata say; audio rows stand beside visual ones unless they say so") {
  const temporary_folder folder;
  const auto six = written(folder, {{"eev.rate", "6"}});
  CHECK(six.rate == rational(6));
  CHECK(six.audio_hop == rational::reduced(1, 6));
  CHECK(written(folder, {{"eev.audio_hop", "0.96"}}).audio_hop == rational::reduced(24, 25));
  for (const char* wrong : {"", "0", "-1", "fast", "1e3"})
    CHECK(error_of([&] {
            written(folder, {{"eev.rate", wrong}});
          }) ==
          folder / "v.safetensors" + ": metadata 'eev.rate' is '" + wrong + "', expected a number above 0");
}

TEST_CASE("half precision is read as it was meant") {
  const temporary_folder folder;
  const std::vector<float> values{1, -2, 0.5f, 3};
  io::write_safetensors(folder / "v.safetensors", {}, {{"visual", {2, 2}, "BF16"}},
                        [&](const io::tensor_entry&) { return values; });
  const auto features = io::open_features(folder / "v.safetensors", "v");
  std::array<float, 2> row{};
  features.visual.read(1, view<float, 1>{row.data(), {2}});
  CHECK(row == std::array<float, 2>{0.5f, 3});
  CHECK(features.audio.rows() == 0);
}

TEST_CASE("numbers that are not finite are named with file, tensor and row") {
  const temporary_folder folder;
  for (const float bad : {float(NAN), float(INFINITY), -float(INFINITY)}) {
    write_features(folder / "v.safetensors", 4, 3, 2, 4, value,
                   [&](dim t, dim c) { return t == 3 && c == 1 ? bad : 1; });
    const auto features = io::open_features(folder / "v.safetensors", "v");
    std::array<float, 2> row{};
    const auto read = [&](dim t) { features.audio.read(t, view<float, 1>{row.data(), {2}}); };
    CHECK_NOTHROW(read(2));
    CHECK(error_of([&] { read(3); }) == folder / "v.safetensors" +
                                            ": tensor 'audio', row 3 holds a number "
                                            "that is not finite, expected finite numbers");
  }
}

TEST_CASE("what holds no rows of features is refused") {
  const temporary_folder folder;
  const auto complaint = [&](const io::tensor_entry& tensor) {
    const std::vector<float> values(tensor.size());
    io::write_safetensors(folder / "v.safetensors", {}, {tensor},
                          [&](const io::tensor_entry&) { return values; });
    return error_of([&] { io::open_features(folder / "v.safetensors", "v"); });
  };
  CHECK(complaint({"other", {2, 2}}).find("no tensor 'visual' or 'audio'") != std::string::npos);
  CHECK(complaint({"visual", {4}}).find("tensor 'visual' is [4], expected rows") != std::string::npos);
  CHECK(complaint({"visual", {0, 4}}).find("tensor 'visual' is [0, 4]") != std::string::npos);
}

TEST_CASE("a folder's IDs are its safetensors files, sorted") {
  const temporary_folder folder;
  for (const char* name : {"b.safetensors", "a.b.safetensors", "C.safetensors", "a.csv", ".safetensors"})
    write_file(folder / name, "");
  CHECK(io::list_features(folder.path()) == std::vector<std::string>{"C", "a.b", "b"});
  CHECK(error_of([&] { io::list_features(folder / "gone"); }).find("cannot be read as a folder") !=
        std::string::npos);
}

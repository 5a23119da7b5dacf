// In:  nothing.  Out: a folder of features and labels of a few short videos, by formula.  Rests on: io,
// tests/io.
#pragma once

#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include <eev/core/expressions.hpp>
#include <eev/core/random.hpp>
#include <eev/io/safetensors_writer.hpp>

#include "io/temporary.hpp"

namespace eev::test {

using metadata = std::map<std::string, std::string>;

/// Uniform in [-1, 1), from any numbers.
template <class... Numbers>
float noise(Numbers... numbers) {
  return 2 * unit_of(random_stream(7, numbers...)) - 1;
}

/// Writes rows as features of a video.
inline void write_features(const std::string& path, dim T, dim C, dim A, dim audio_rows, const auto& visual,
                           const auto& audio, const metadata& metadata = {}) {
  std::vector<float> seen, heard;
  for (dim t = 0; t < T; ++t)
    for (dim c = 0; c < C; ++c) seen.push_back(visual(t, c));
  for (dim t = 0; t < audio_rows; ++t)
    for (dim c = 0; c < A; ++c) heard.push_back(audio(t, c));
  std::vector<io::tensor_entry> tensors;
  if (T * C > 0) tensors.push_back({"visual", {T, C}});
  if (audio_rows * A > 0) tensors.push_back({"audio", {audio_rows, A}});
  io::write_safetensors(path, metadata, tensors, [&](const io::tensor_entry& tensor) {
    return tensor.name == "visual" ? seen : heard;
  });
}

inline std::string labels_header() {
  std::string line = "YouTube ID,Timestamp (milliseconds)";
  for (const auto name : expressions) line += message(",", name);
  return line + "\n";
}

/// The rows of one video; score(k, e) is that of row k.
inline std::string label_rows(const std::string& id, dim rows, const auto& score) {
  std::string text;
  for (dim k = 0; k < rows; ++k) {
    text += message(id, ",", k * 1'000'000 / 6);
    for (dim e = 0; e < dim(expressions.size()); ++e) {
      char number[32];
      std::snprintf(number, sizeof number, ",%.9g", double(score(k, e)));
      text += number;
    }
    text += "\n";
  }
  return text;
}

/// Videos of 7 to 30 seconds, named PREFIX0, PREFIX1, ..., whose features carry what their labels show.
class tiny_corpus {
 public:
  static constexpr dim C = 6, A = 3;

  tiny_corpus() {
    write("train", 7);
    write("val", 3);
  }

  std::string features() const { return folder_.path(); }
  std::string labels(const std::string& set) const { return folder_ / (set + ".csv"); }
  std::string operator/(const std::string& name) const { return folder_ / name; }

  /// An empty folder for a run.
  std::string run(const std::string& name) const {
    std::filesystem::create_directory(folder_ / name);
    return folder_ / name;
  }

 private:
  void write(const std::string& prefix, dim videos) {
    std::string csv = labels_header();
    for (dim v = 0; v < videos; ++v) {
      const std::string id = message(prefix, v);
      const dim T = 7 + (v * 11 + dim(prefix.size())) % 24, n = 6 * T - v % 6;
      const auto mood = [&, v](double t) { return std::sin(0.3 * t + double(v) + double(prefix.size())); };
      write_features(
          folder_ / (id + ".safetensors"), T, C, A, T,
          [&](dim t, dim c) { return float(3 + mood(double(t)) * double(c % 3) + 0.2 * noise(v, t, c)); },
          [&](dim t, dim c) { return float(mood(double(t)) + 0.2 * noise(v, t, c, 1)); });
      csv += label_rows(id, n, [&](dim k, dim e) {
        if ((k / 6 + v) % 7 == 0) return 0.0;  // no face found
        return 0.5 + 0.4 * mood(double(k) / 6) * (e % 2 == 0 ? 1 : -1);
      });
    }
    write_file(labels(prefix), csv);
  }

  temporary_folder folder_;
};

}  // namespace eev::test

// In:  file names.  Out: a clip of twelve seconds under the first, moving shapes and a beating tone, for
// trying things out where no video is at hand; under the second, labels of it as EEV publishes them.  Rests
// on: corpus.
//     make_sample_clip OUT.mp4 [LABELS.csv]
#include <cstdio>
#include <filesystem>

#include <eev/io/atomic_file.hpp>

#include "corpus/clip_file.hpp"
#include "corpus/labels.hpp"

void write_labels(const std::string& path, const std::string& id, const eev::table& labels) {
  std::string text = "YouTube ID,Timestamp (milliseconds)";
  for (const auto name : eev::expressions) text += "," + std::string(name);
  for (eev::dim k = 0; k < labels.rows(); ++k) {
    text += eev::message("\n", id, ",", k * 1'000'000 / eev::corpus::label_rate);
    for (const float label : labels.tensor()[k]) text += "," + std::to_string(label);
  }
  eev::io::atomic_file file(path);
  file.write(text + "\n");
  file.commit();
}

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3) {
    std::fprintf(stderr, "usage: %s OUT.mp4 [LABELS.csv]\n", argv[0]);
    return 2;
  }
  try {
    const eev::corpus::story story(0, eev::corpus::set::test, 0, 12);
    eev::corpus::write_clip(argv[1], story);
    if (argc == 3)
      write_labels(argv[2], std::filesystem::path(argv[1]).stem().string(),
                   eev::corpus::faulty_labels(story));
  } catch (const eev::error& problem) {
    std::fprintf(stderr, "%s\n", problem.what());
    return 1;
  }
}

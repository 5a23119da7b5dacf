// Videos in, a file of features of each out: what a head is trained on (04_train_head.cpp).
//
//   03_extract_features weights/demo.safetensors features a.mp4 b.mp4
#include <cstdio>
#include <filesystem>
#include <span>

#include <eev/io/safetensors_writer.hpp>
#include <eev/media.hpp>

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: %s WEIGHTS DIR VIDEO...\n", argv[0]);
    return 2;
  }
  try {
    const std::filesystem::path folder = argv[2];
    std::filesystem::create_directories(folder);

    eev::cpu::device device;                           // all cores
    const auto files = eev::io::open_bundle(argv[1]);  // its two backbones are used, its head is not
    eev::features::extractor extract(device, files.visual, files.audio);

    for (int i = 3; i < argc; ++i) {
      eev::media::video_file video(argv[i]);
      const auto rows = extract(video);  // one a second: visual [T, C], audio [T, 128]

      const auto rows_of = [&](const std::string& name) -> const eev::table& {
        return name == "visual" ? rows.visual : rows.audio;
      };
      std::vector<eev::io::tensor_entry> tensors;
      for (const char* name : {"visual", "audio"})
        tensors.push_back({name, {rows_of(name).rows(), rows_of(name).columns()}});
      const auto path = folder / std::filesystem::path(argv[i]).stem().concat(".safetensors");
      eev::io::write_safetensors(path, {{"eev.source", argv[i]}}, tensors, [&](const auto& tensor) {
        const auto values = rows_of(tensor.name).tensor();
        return std::span(values.begin(), values.end());
      });
      std::printf("%s: %td rows of %td and %td\n", path.c_str(), rows.visual.rows(), rows.visual.columns(),
                  rows.audio.columns());
    }
  } catch (const eev::error& problem) {
    std::fprintf(stderr, "%s\n", problem.what());
    return 1;
  }
}

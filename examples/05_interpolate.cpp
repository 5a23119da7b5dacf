// A head and the features of a video in, its curves out: one row a second from the network, six by
// interpolation.
//
//   05_interpolate run/best.safetensors features/clip.safetensors > curves.csv
#include <cstdio>
#include <memory>

#include <eev/io/feature_store.hpp>
#include <eev/model.hpp>

/// All rows of a tensor [T, C].
eev::table read_all(const eev::io::stored_rows& stored) {
  eev::table rows(stored.columns(), stored.rows());
  for (eev::dim t = 0; t < rows.rows(); ++t) stored.read(t, rows.tensor()[t]);
  return rows;
}

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s HEAD FEATURES\n", argv[0]);
    return 2;
  }
  try {
    const auto file = std::make_shared<eev::io::safetensors_source>(argv[1]);
    const auto shape = eev::head_shape_in(*file);
    eev::cpu::device device;
    const eev::head<eev::cpu::device> head(device, eev::weights(file), shape);

    const auto features = eev::io::open_features(argv[2], "clip");
    const eev::table visual = read_all(features.visual);
    const eev::dim T = visual.rows(), E = shape.expressions;
    const eev::table audio = eev::clips::align_audio(read_all(features.audio), T, features.rate,
                                                     eev::rational(1) / features.audio_hop);
    eev::table sparse(E, T);                            // [T, 15], one row a second
    for (eev::dim begin = 0; begin < T; begin += 60) {  // clips of 60 s, which do not see each other
      const eev::dim end = std::min<eev::dim>(begin + 60, T);
      const auto clip = [&](auto rows) { return rows.slices(begin, end).as(1, end - begin, rows.shape[1]); };
      head(device, clip(sparse.tensor()), clip(visual.tensor()), clip(audio.tensor()));
    }
    const eev::table dense = eev::curve::interpolate(sparse, T, 6);  // [6 T, 15], the last value held

    std::printf("seconds");
    for (const auto name : eev::expressions) std::printf(",%s", std::string(name).c_str());
    for (eev::dim k = 0; k < dense.rows(); ++k) {
      std::printf("\n%.6f", double(k) / 6);
      for (const float score : dense.tensor()[k]) std::printf(",%.6f", double(score));
    }
    std::printf("\n");
  } catch (const eev::error& problem) {
    std::fprintf(stderr, "%s\n", problem.what());
    return 1;
  }
}

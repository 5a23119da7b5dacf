// A video file in, fifteen curves out.
//
//   01_video_to_curve weights/demo.safetensors clip.mp4
#include <cstdio>

#include <eev/media.hpp>

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s WEIGHTS VIDEO\n", argv[0]);
    return 2;
  }
  try {
    eev::cpu::device device;                // all cores
    eev::model model(device, argv[1]);      // a bundle: both backbones and a head
    eev::media::video_file video(argv[2]);  // decodes ahead on its own threads

    const eev::curves curves = model.predict(video);  // 6 rows a second

    for (auto name : eev::expressions) std::printf("%14.*s", int(name.size()), name.data());
    std::printf("\n");
    for (eev::dim row = 0; row < curves.scores.rows(); row += 6) {  // print one a second
      for (float score : curves.scores.tensor()[row]) std::printf("%14.4f", score);
      std::printf("\n");
    }
  } catch (const eev::error& problem) {
    std::fprintf(stderr, "%s\n", problem.what());
    return 1;
  }
}

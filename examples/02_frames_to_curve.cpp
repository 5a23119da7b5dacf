// Frames and samples from anywhere in, fifteen curves out; no FFmpeg.
//
//   02_frames_to_curve weights/demo.safetensors
#include <cmath>
#include <cstdio>

#include <eev/model.hpp>

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s WEIGHTS\n", argv[0]);
    return 2;
  }
  // Ten seconds: one frame a second that grows brighter, and a tone that grows louder.
  const eev::dim seconds = 10, height = 120, width = 160;
  std::vector<std::uint8_t> frames(seconds * height * width * 3);
  for (std::size_t i = 0; i < frames.size(); ++i) frames[i] = std::uint8_t(255 * i / frames.size());
  std::vector<float> samples(seconds * eev::video::sample_rate);
  for (std::size_t i = 0; i < samples.size(); ++i)
    samples[i] =
        float(i) / float(samples.size()) * std::sin(440 * 6.2831853f * float(i) / eev::video::sample_rate);

  try {
    eev::cpu::device device;
    eev::model model(device, argv[1]);
    eev::memory_video video({frames.data(), {seconds, height, width, 3}}, samples);

    const eev::curves curves = model.predict(video);

    for (eev::dim e = 0; e < eev::dim(eev::expressions.size()); ++e)
      std::printf("%-14.*s from %.4f to %.4f\n", int(eev::expressions[e].size()), eev::expressions[e].data(),
                  curves.scores.tensor()(0, e), curves.scores.tensor()(curves.scores.rows() - 1, e));
  } catch (const eev::error& problem) {
    std::fprintf(stderr, "%s\n", problem.what());
    return 1;
  }
}

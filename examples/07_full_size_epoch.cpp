// An epoch of training at the size of EEV: features and labels of 3,061 videos for training and 755 for
// validation are made up (9 GB of features, 1.3 GB of labels), and the paper's head learns for one epoch.
//
//   07_full_size_epoch FOLDER [PERCENT=100]
//
// With PERCENT, of so many of the videos. What is in FOLDER already is not made again.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <numbers>

#include <eev/io/atomic_file.hpp>
#include <eev/io/safetensors_writer.hpp>
#include <eev/train.hpp>

using eev::dim, eev::random_stream, eev::unit_of;

constexpr dim visual_width = 1536, audio_width = 128;

/// Seconds since the last call.
double lap() {
  static auto last = std::chrono::steady_clock::now();
  const auto before = std::exchange(last, std::chrono::steady_clock::now());
  return std::chrono::duration<double>(last - before).count();
}

/// EEV's videos last 259 s in the middle and 354 s on average: a log-normal distribution.
dim seconds_of(std::uint64_t video) {
  const double radius = std::sqrt(-2 * std::log(1 - double(unit_of(random_stream(1, video, 0)))));
  const double angle = 2 * std::numbers::pi * double(unit_of(random_stream(1, video, 1)));
  return std::lround(std::clamp(259 * std::exp(0.79 * radius * std::cos(angle)), 12.0, 1671.0));
}

/// Numbers between -1 and 1, [rows, width].
std::vector<float> noise(std::uint64_t video, dim rows, dim width) {
  const std::uint64_t stream = random_stream(2, video, width);
  std::vector<float> values(rows * width);
#pragma omp parallel for simd
  for (dim i = 0; i < rows * width; ++i)
    values[i] = 2 * unit_of(eev::random_bits(stream, std::uint64_t(i))) - 1;
  return values;
}

/// Features and labels of `videos` videos, their names beginning with `set`.
void make(const std::string& folder, const std::string& set, dim videos, std::uint64_t first) {
  const std::string labels = folder + "/" + set + ".csv";
  if (std::filesystem::exists(labels)) return;
  eev::io::atomic_file csv(labels);
  std::string text = "YouTube ID,Timestamp (milliseconds)";
  for (const auto name : eev::expressions) text += eev::message(",", name);
  text += "\n";
  for (dim i = 0; i < videos; ++i) {
    const std::uint64_t video = first + std::uint64_t(i);
    const std::string id = eev::message(set, i);
    const dim rows = seconds_of(video);
    eev::io::write_safetensors(
        folder + "/features/" + id + ".safetensors", {},
        {{"visual", {rows, visual_width}}, {"audio", {rows, audio_width}}},
        [&](const eev::io::tensor_entry& tensor) { return noise(video, rows, tensor.shape[1]); });
    for (dim k = 0; k < 6 * rows; ++k) {
      text += eev::message(id, ",", k * 1'000'000 / 6);
      for (std::size_t e = 0; e < eev::expressions.size(); ++e) {
        std::array<char, 16> score;
        std::snprintf(score.data(), score.size(), ",0.%06u",
                      unsigned(random_stream(3, video, k, e) % 1'000'000));
        text += score.data();
      }
      text += "\n";
    }
    csv.write(text);
    text.clear();
  }
  csv.commit();
}

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) {
    std::fprintf(stderr, "usage: %s FOLDER [PERCENT=100]\n", argv[0]);
    return 2;
  }
  try {
    lap();
    const std::string folder = argv[1];
    const double share = argc > 2 ? std::atof(argv[2]) / 100 : 1;
    for (const char* name : {"/features", "/run"}) std::filesystem::create_directories(folder + name);
    make(folder, "train", std::lround(3061 * share), 0);
    make(folder, "val", std::lround(755 * share), 10'000);
    std::printf("made or found: %.1f s\n", lap());

    auto recipe = eev::train::find_recipe("default");
    recipe.epochs = 1;
    const auto training = eev::train::read_labelled_set(folder + "/features", folder + "/train.csv", recipe);
    const auto validation =
        eev::train::read_validation_set(folder + "/features", folder + "/val.csv", recipe, training);
    std::printf("labels read, joined with %zu and %zu videos: %.1f s\n", training.videos.size(),
                validation.set.videos.size(), lap());
    eev::cpu::device device;
    eev::train::trainer trainer(device, recipe, training, validation, folder + "/run");
    std::printf("mean and deviation of the features: %.1f s\n", lap());
    double learning = 0;
    trainer.run_epoch([&](int step, int steps) {
      learning += lap();
      if (step == steps) std::printf("learning, %d steps: %.1f s\n", steps, learning);
    });
    std::printf("validation and checkpoints: %.1f s\n", lap());
  } catch (const eev::error& problem) {
    std::fprintf(stderr, "%s\n", problem.what());
    return 1;
  }
}

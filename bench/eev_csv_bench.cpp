#include <cstdio>
#include <filesystem>
#include <random>
#include <string>

#include <benchmark/benchmark.h>

#include <eev/curve/score.hpp>
#include <eev/io/atomic_file.hpp>
#include <eev/io/eev_csv.hpp>

#include "roof.hpp"

namespace eev {
namespace {

/// 100 videos of 2,000 rows, as EEV writes them: a thirtieth of its train.csv.
class synthetic_labels {
 public:
  synthetic_labels() {
    std::string text = "YouTube ID,Timestamp (milliseconds)";
    for (auto name : expressions) text += message(",", name);
    std::mt19937 generator(1);
    char score[16];
    for (int video = 0; video < 100; ++video)
      for (long k = 0; k < 2000; ++k) {
        text += message("\nvideo", 100000 + video, ",", k * 1'000'000 / 6);
        for (std::size_t e = 0; e < expressions.size(); ++e) {
          std::snprintf(score, sizeof score, ",0.%06u", unsigned(generator() % 1'000'000));
          text += score;
        }
      }
    io::atomic_file file(path_);
    file.write(text);
    file.commit();
    bytes_ = text.size();
  }
  ~synthetic_labels() { std::filesystem::remove(path_); }

  const std::string& path() const { return path_; }
  double bytes() const { return double(bytes_); }

 private:
  std::string path_ = std::filesystem::temp_directory_path() / message("eev-bench-", ::getpid(), ".csv");
  std::size_t bytes_ = 0;
};

void read_labels(benchmark::State& state) {
  const synthetic_labels labels;
  for (auto _ : state) {
    io::eev_csv file(labels.path());
    for (io::video_rows video; file.next(video);) benchmark::DoNotOptimize(video.scores);
  }
  bench::report_bytes(state, labels.bytes());
}
BENCHMARK(read_labels)->UseRealTime()->Unit(benchmark::kMillisecond);

// What `eev evaluate` does: two files read, joined and scored.
void score_predictions(benchmark::State& state) {
  const synthetic_labels labels;
  for (auto _ : state) {
    curve::scorer scorer;
    io::eev_csv file(labels.path()), predictions(labels.path(), io::prediction_rules);
    for (io::video_rows video; file.next(video);)
      scorer.add_labels(video.id, video.microseconds, video.scores.tensor());
    for (io::video_rows video; predictions.next(video);)
      scorer.add_predictions(video.id, video.microseconds, video.scores.tensor());
    benchmark::DoNotOptimize(scorer.result());
  }
  bench::report_bytes(state, 2 * labels.bytes());
}
BENCHMARK(score_predictions)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace eev

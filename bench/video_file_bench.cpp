#include <cstdlib>

#include <benchmark/benchmark.h>

#include <eev/cpu/resize.hpp>
#include <eev/features/frame_preparation.hpp>
#include <eev/media/video_file.hpp>

namespace eev {
namespace {

// The video that EEV_BENCH_VIDEO names, from its file to a picture of 224 x 224 a second; no network.
void video_file_cpu(benchmark::State& state) {
  const char* path = std::getenv("EEV_BENCH_VIDEO");
  if (!path) return state.SkipWithError("EEV_BENCH_VIDEO names no video");
  cpu::device device;
  auto picture = device.take<std::uint8_t>(224, 224, 3);
  double seconds = 0;
  for (auto _ : state) {
    media::video_file video(path);
    while (const auto frame = video.next_frame()) {
      auto scope = device.scope();
      features::prepare_frame(device, picture, *frame, features::frame_resize::stretch);
    }
    seconds += video.duration().value();
  }
  state.counters["x realtime"] = benchmark::Counter(seconds, benchmark::Counter::kIsRate);
}
BENCHMARK(video_file_cpu)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace eev

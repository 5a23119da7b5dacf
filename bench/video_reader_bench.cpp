#include <cstdlib>

#include <benchmark/benchmark.h>

#include <eev/cpu/resize.hpp>
#include <eev/features/frame_preparation.hpp>
#include <eev/media/video_reader.hpp>

namespace eev {
namespace {

// The video that EEV_BENCH_VIDEO names, from its file to a picture of 224 x 224 a second; no network.
void video_reader_cpu(benchmark::State& state) {
  const char* path = std::getenv("EEV_BENCH_VIDEO");
  if (!path) return state.SkipWithError("EEV_BENCH_VIDEO names no video");
  cpu::device device;
  auto picture = device.take<std::uint8_t>(224, 224, 3);
  double seconds = 0;
  for (auto _ : state) {
    media::video_reader video(path);
    while (const auto row = video.next()) {
      auto scope = device.scope();
      features::prepare_frame(device, picture, row->picture->tensor(), features::frame_resize::stretch);
    }
    seconds += video.duration().value();
  }
  state.counters["x realtime"] = benchmark::Counter(seconds, benchmark::Counter::kIsRate);
}
BENCHMARK(video_reader_cpu)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace eev

// In:  weights, for a device and a precision given as types.  Out: the functions of engine.hpp.
//
// One translation unit a device includes this (engine_cpu.cpp, engine_cuda.cpp, engine_reference.cpp): they
// take long to compile. `which` is what a device is made with: the CPU's threads, the number of the GPU.
#pragma once

#include <memory>
#include <utility>

#include "engine.hpp"

namespace eev::command {

/// A network and the device that it lives on.
template <class Network, class Device>
struct network_on {
  Device device;
  Network network;

  template <class... Arguments>
  network_on(int which, const Arguments&... arguments) requires std::is_constructible_v<Device, int>
      : device(which), network(device, arguments...) {}
  template <class... Arguments>
  network_on(int, const Arguments&... arguments) : network(device, arguments...) {}
};

/// In bfloat16 a GPU may round what stays in float for its tensor cores, the head's products above all. On
/// the CPU it concerns training alone.
template <class T, class Device>
void allow_rounding(Device& device) {
  if constexpr (requires { device.round_factors(true); }) device.round_factors(sizeof(T) == sizeof(bfloat16));
}

template <class Device, class T>
predictor make_predictor_on(const io::model_files& files, int which,
                            const features::extraction_options& options) {
  auto on = std::make_shared<network_on<model<Device, T>, Device>>(which, files, options);
  allow_rounding<T>(on->device);
  return [on](video& video, rational rate) { return on->network.predict(video, rate); };
}

template <class Device, class T>
extractor make_extractor_on(const io::model_files& files, int which,
                            const features::extraction_options& options) {
  using network = features::extractor<Device, T>;
  auto on = std::make_shared<network_on<network, Device>>(which, files.visual, files.audio, options);
  allow_rounding<T>(on->device);
  files.require_all_read();
  return [on](video& video) { return on->network(video); };
}

/// What each device's translation unit has.
predictor make_cpu_predictor(const io::model_files& files, bool bfloat16, int threads,
                             const features::extraction_options& options);
extractor make_cpu_extractor(const io::model_files& files, bool bfloat16, int threads,
                             const features::extraction_options& options);
predictor make_cuda_predictor(const io::model_files& files, bool bfloat16, int gpu,
                              const features::extraction_options& options);
extractor make_cuda_extractor(const io::model_files& files, bool bfloat16, int gpu,
                              const features::extraction_options& options);
predictor make_reference_predictor(const io::model_files& files, const features::extraction_options& options);
extractor make_reference_extractor(const io::model_files& files, const features::extraction_options& options);

}  // namespace eev::command

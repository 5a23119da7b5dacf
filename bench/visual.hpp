// In:  the shape of a visual network, the FLOP of an image.  Out: how long the network takes on the cpu.
// Rests on: bench/roof, what the benchmark includes of the network's operations.
#pragma once

#include <benchmark/benchmark.h>

#include <eev/cpu/device.hpp>
#include <eev/io/formula_weights.hpp>

#include "roof.hpp"

namespace eev::bench {

template <class T, class Shape>
void see(benchmark::State& state, const Shape& shape, double flops) {
  const dim B = state.range(0);
  cpu::device device;
  typename Shape::template network<cpu::device, T> network(
      device, weights(std::make_shared<io::formula_source>()), shape);
  auto y = device.take<float>(B, shape.features());
  auto rgb = device.take<std::uint8_t>(B, shape.side, shape.side, 3);
  for (dim i = 0; i < rgb.size(); ++i) rgb.data[i] = std::uint8_t(i * 7 % 251);
  network(device, y, rgb);  // makes the kernels and the arena
  for (auto _ : state) network(device, y, rgb);
  report_flops<T>(state, double(B) * flops);
  state.counters["s/image"] = benchmark::Counter(
      double(B), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

}  // namespace eev::bench

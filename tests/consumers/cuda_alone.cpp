// A program that sees <eev/cuda.hpp> and no more, and links eev::cuda alone: neither oneDNN nor OpenMP.
#include <cstdio>

#include <eev/cuda.hpp>

int main() {
  try {
    eev::cuda::device device;
    const auto gain = device.keep({1, 1, 1, 1}), bias = device.keep({0, 0, 0, 0});
    auto y = device.take<float>(1, 4);
    layer_norm(device, y, y, gain, bias, 1e-5f);
    device.wait();
  } catch (const eev::error& error) {
    std::printf("no GPU here: %s\n", error.what());
  }
}

// A program that sees <eev/model.hpp> and <eev/cuda.hpp> and uses both devices. Where there is no GPU it says
// so, in eev's words.
#include <cstdio>
#include <cstring>

#include <eev/cuda.hpp>
#include <eev/model.hpp>

/// The first of the four normed values of 1, 2, 3, 4.
template <class Device>
float first_normed(Device& device) {
  const auto gain = device.keep({1, 1, 1, 1}), bias = device.keep({0, 0, 0, 0});
  std::vector<float> row{1, 2, 3, 4};
  auto scope = device.scope();
  auto x = device.template take<float>(1, 4);
  const eev::view<float, 2> host{row.data(), {1, 4}};
  device.upload(x, host);
  layer_norm(device, x, x, gain, bias, 1e-5f);
  device.download(host, x);
  return row[0];
}

int main() {
  eev::cpu::device cpu(1);
  const float expected = first_normed(cpu);
  try {
    eev::cuda::device gpu;
    return std::abs(first_normed(gpu) - expected) < 1e-4f ? 0 : 1;
  } catch (const eev::error& error) {
    std::printf("no GPU here: %s\n", error.what());
    return std::strncmp(error.what(), "cuda: ", 6) == 0 ? 0 : 1;
  }
}

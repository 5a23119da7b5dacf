#include <doctest/doctest.h>

#include <eev/cuda/layer_norm.hpp>
#include <eev/cuda/linear.hpp>
#include <eev/cuda/recorded.hpp>

#include "close.hpp"
#include "device_tensor.hpp"

using namespace eev;
using namespace eev::test;

namespace {

constexpr dim R = 5, C = 64;

/// A norm, into scratch memory, and a product.
struct small_network {
  cuda::device device;
  device_tensor<float> gain{device, random_values(C, 1)}, bias{device, random_values(C, 2)};
  device_tensor<float> weight{device, random_values(C* C, 3)};
  device_tensor<float> x{device, R*C}, y{device, R*C};
  recorded<cuda::device> run{device};
  int begun = 0;

  void work() {
    ++begun;
    auto scope = device.scope();
    auto normed = device.take<float>(R, C);
    layer_norm(device, normed, x.as(R, C), gain.tensor(), bias.tensor(), 1e-5f);
    linear(device, y.as(R, C), normed, weight.as(C, C), bias.tensor());
  }

  void set(unsigned seed) { device.upload(x.tensor(), shaped(random_values(R * C, seed), R * C)); }
  std::vector<float> by_replay(unsigned seed) {
    set(seed);
    run([&] { work(); });
    return y.values();
  }
  std::vector<float> by_work(unsigned seed) {
    set(seed);
    work();
    return y.values();
  }
};

}  // namespace

TEST_CASE("recorded work does what the work does, with what its tensors hold when it is replayed") {
  small_network network;
  for (unsigned seed = 10; seed < 15; ++seed) CHECK(network.by_replay(seed) == small_network().by_work(seed));
  CHECK(network.begun == 2);  // run once, recorded once
}

TEST_CASE("work is recorded anew when its scratch memory has moved") {
  small_network network;
  for (unsigned seed = 10; seed < 13; ++seed) network.by_replay(seed);
  auto scope = network.device.scope();
  const auto live = network.device.take<float>(R * C);
  const auto kept = random_values(R * C, 99);
  network.device.upload(live, shaped(kept, R * C));
  for (unsigned seed = 13; seed < 16; ++seed) CHECK(network.by_replay(seed) == small_network().by_work(seed));
  CHECK(network.begun == 4);
  std::vector<float> after(R * C);
  network.device.download(shaped(after, R * C), live);
  CHECK(after == kept);
}

TEST_CASE("work that copies from the host cannot be recorded, and can be done still") {
  small_network network;
  const auto work = [&] { network.set(7); };
  network.run(work);
  CHECK_THROWS_AS(network.run(work), error);
  CHECK(network.by_work(8) == small_network().by_work(8));
}

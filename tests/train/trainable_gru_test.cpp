#include <doctest/doctest.h>

#include <eev/cpu/dropout.hpp>
#include <eev/cpu/gru_backward.hpp>
#include <eev/cpu/linear_backward.hpp>
#include <eev/reference/dropout.hpp>
#include <eev/reference/gru_backward.hpp>
#include <eev/reference/linear_backward.hpp>
#include <eev/train/trainable_gru.hpp>

#include "gradients.hpp"

using namespace eev;
using namespace eev::test;

namespace {

/// A GRU of some levels over B sequences of T rows: the states, and the gradients of the sum of y dy.
struct trainable_gru_case {
  dim B, steps, inputs, units;
  int levels;
  float rate;
  std::vector<double> x = random_doubles(B * steps * inputs, 1), parameters = begun(),
                      dy = random_doubles(B * steps * 2 * units, 3);

  template <class T>
  struct results {
    std::vector<T> y, gradients;
    bool operator==(const results&) const = default;
  };

  template <class Device>
  auto run(Device& device) const {
    using T = typename Device::scalar;
    const auto of = [](const std::vector<double>& v) { return std::vector<T>(v.begin(), v.end()); };
    const auto x_ = of(x), parameters_ = of(parameters), dy_ = of(dy);
    train::parameter_layout layout;
    const train::trainable_gru<Device> gru(layout, "gru", levels, inputs, units);
    results<T> r{std::vector<T>(dy.size()), std::vector<T>(parameters.size())};
    const auto slab = shaped(parameters_, parameters.size());
    auto scope = device.scope();
    const auto pass = gru.forward(device, shaped(x_, B, steps, inputs), slab, rate, 5);
    std::ranges::copy(pass.back().y, r.y.begin());
    gru.backward(device, shaped(r.gradients, parameters.size()), shaped(dy_, B, steps, 2 * units), pass, slab,
                 rate, 5);
    return r;
  }

 private:
  /// What training begins with.
  std::vector<double> begun() const {
    train::parameter_layout layout;
    train::trainable_gru<cpu::device>(layout, "gru", levels, inputs, units);
    return as_double(train::initial_values(layout, 2));
  }
};

}  // namespace

TEST_CASE("a GRU in training is the tensors of PyTorch's, both directions of a kind side by side") {
  train::parameter_layout layout;
  train::trainable_gru<cpu::device>(layout, "image_gru", 2, 7, 4);
  std::string names;
  for (const auto& parameter : layout.parameters()) {
    names += message(parameter.name, " ", parameter.shape, "\n");
    CHECK(parameter.bound == 0.5);
  }
  CHECK(names ==
        "image_gru.weight_ih_l0 [12, 7]\nimage_gru.weight_ih_l0_reverse [12, 7]\n"
        "image_gru.bias_ih_l0 [12]\nimage_gru.bias_ih_l0_reverse [12]\n"
        "image_gru.weight_hh_l0 [12, 4]\nimage_gru.weight_hh_l0_reverse [12, 4]\n"
        "image_gru.bias_hh_l0 [12]\nimage_gru.bias_hh_l0_reverse [12]\n"
        "image_gru.weight_ih_l1 [12, 8]\nimage_gru.weight_ih_l1_reverse [12, 8]\n"
        "image_gru.bias_ih_l1 [12]\nimage_gru.bias_ih_l1_reverse [12]\n"
        "image_gru.weight_hh_l1 [12, 4]\nimage_gru.weight_hh_l1_reverse [12, 4]\n"
        "image_gru.bias_hh_l1 [12]\nimage_gru.bias_hh_l1_reverse [12]\n");
}

TEST_CASE("the gradients of a GRU of several levels in training are those of finite differences") {
  for (const auto& [levels, rate] : {std::pair(1, 0.0f), {2, 0.0f}, {3, 0.4f}}) {
    trainable_gru_case problem{2, 4, 3, 2, levels, rate};
    reference::device<double> device;
    const auto gradients = problem.run(device).gradients;
    CHECK(gradient_error(problem.parameters, gradients,
                         [&] { return dot(problem.run(device).y, problem.dy); }) < 1e-8);  // measured: 3e-11
  }
}

TEST_CASE("a GRU of several levels in training on the cpu agrees with the reference at odd shapes") {
  for (const auto& problem :
       {trainable_gru_case{1, 1, 1, 1, 1, 0}, {3, 13, 7, 5, 2, 0.3f}, {7, 5, 37, 33, 3, 0.3f}}) {
    reference::device<double> exact;
    cpu::device device(2);
    const auto ours = problem.run(device);
    const auto expected = problem.run(exact);
    CHECK(relative_difference(ours.y, expected.y) < 5e-6);                  // measured: 5e-7
    CHECK(relative_difference(ours.gradients, expected.gradients) < 1e-5);  // measured: 2e-6
  }
}

TEST_CASE("a GRU of several levels in training is the same bits with any number of threads") {
  const trainable_gru_case problem{7, 13, 40, 33, 2, 0.3f};
  cpu::device one(1), three(3);
  CHECK(problem.run(three) == problem.run(one));
}

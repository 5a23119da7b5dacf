#include <doctest/doctest.h>

#include <eev/cuda/linear.hpp>
#include <eev/reference/linear.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

namespace {

template <class Out, class In>
struct linear_case {
  dim R, N, K;
  epilogue after;
  std::vector<float> x, weight, bias, before;

  linear_case(dim R, dim N, dim K, epilogue after, bool with_bias)
      : R(R),
        N(N),
        K(K),
        after(after),
        x(stored_as<In>(random_values(R * K, 1))),
        weight(stored_as<In>(random_values(N * K, 2))),
        before(stored_as<Out>(random_values(R * N, 4))) {
    if (with_bias) bias = random_values(N, 3);
  }

  std::vector<double> expected() const {
    reference::device<double> device;
    auto y = as_double(before);
    const auto offsets = as_double(bias);
    linear(device, shaped(y, R, N), shaped(as_double(x), R, K), shaped(as_double(weight), N, K),
           bias.empty() ? view<const double, 1>{} : shaped(offsets, N), after);
    return y;
  }

  std::vector<Out> on_gpu(cuda::device& device) const {
    const device_tensor<In> from(device, x), by(device, weight);
    const device_tensor<float> plus(device, bias);
    const device_tensor<Out> y(device, before);
    linear(device, y.as(R, N), from.as(R, K), by.as(N, K),
           bias.empty() ? view<const float, 1>{} : view<const float, 1>(plus.tensor()), after);
    return y.values();
  }
};

/// `tolerance`: of sums that are about sqrt(K) / 3.
template <class Out, class In>
void agrees_with_the_reference(double tolerance) {
  cuda::device device;
  for (auto [R, N, K] : {std::array<dim, 3>{1, 1, 1}, {3, 5, 7}, {9, 132, 16}, {17, 64, 33}})
    for (auto after : {epilogue::none, epilogue::relu, epilogue::gelu, epilogue::add})
      for (bool with_bias : {true, false}) {
        const linear_case<Out, In> problem(R, N, K, after, with_bias);
        const auto expected = problem.expected();
        const auto check = [&, R = R, N = N, K = K] {
          INFO("x [", R, ", ", K, "], weight [", N, ", ", K, "], epilogue ", int(after));
          CHECK(largest_difference(problem.on_gpu(device), expected) < tolerance);
        };
        if (after == epilogue::gelu)  // a kernel of ours
          in_every_order(check);
        else
          check();
      }
}

}  // namespace

TEST_CASE("linear agrees with the reference, with and without bias, after every epilogue") {
  agrees_with_the_reference<float, float>(1e-5);     // measured on the CPU runner: below 1e-6
  agrees_with_the_reference<float, bfloat16>(1e-5);  // products of bfloat16 are exact in float
  // Sums below 16, rounded by up to 1/32, and the bias below 1, by up to 1/512.
  agrees_with_the_reference<bfloat16, bfloat16>(1.0 / 32 + 1.0 / 512);  // measured on an H100: 0.0319
}

TEST_CASE("linear's GELU is the erf form") {
  cuda::device device;
  std::vector<float> x;
  for (int i = -400; i <= 400; ++i) x.push_back(float(i) / 100);
  const device_tensor<float> from(device, x), one(device, std::vector<float>{1});
  const device_tensor<float> y(device, dim(x.size()));
  linear(device, y.as(x.size(), 1), from.as(x.size(), 1), one.as(1, 1), {}, epilogue::gelu);
  double worst = 0, tanh_form = 0;
  const auto found = y.values();
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double v = x[i], exact = v * (1 + std::erf(v / std::sqrt(2.0))) / 2;
    const double approximate = v * (1 + std::tanh(std::sqrt(2 / M_PI) * (v + 0.044715 * v * v * v))) / 2;
    worst = worse(worst, std::abs(found[i] - exact));
    tanh_form = worse(tanh_form, std::abs(approximate - exact));
  }
  CHECK(worst < 1e-6);
  CHECK(tanh_form > 4e-4);  // what a mistaken choice would be off
}

TEST_CASE("linear takes biases and results that do not begin at a multiple of 16 bytes") {
  const linear_case<float, float> problem(3, 8, 5, epilogue::gelu, true);
  in_every_order([&] {
    cuda::device device;
    auto shifted = problem.bias;
    shifted.insert(shifted.begin(), 0);
    const device_tensor<float> x(device, problem.x), weight(device, problem.weight), bias(device, shifted),
        y(device, 3 * 8 + 1);
    const view<float, 2> to{y.tensor().data + 1, {3, 8}};
    linear(device, to, x.as(3, 5), weight.as(8, 5), view<const float, 1>{bias.tensor().data + 1, {8}},
           epilogue::gelu);
    std::vector<float> found(3 * 8);
    device.download(shaped(found, 3, 8), to);
    CHECK(largest_difference(found, problem.expected()) < 1e-5);
  });
}

TEST_CASE("a device that rounds factors leaves bfloat16 as it is, and float within TF32's 10 bits") {
  cuda::device exact, rounding;
  rounding.round_factors(true);
  const linear_case<bfloat16, bfloat16> half(9, 16, 24, epilogue::none, true);
  CHECK(half.on_gpu(rounding) == half.on_gpu(exact));
  // Rounding is allowed, not ordered: a product as small and odd as that above a library may do in float.
  const linear_case<float, float> problem(128, 256, 64, epilogue::none, true);
  const double error = largest_difference(problem.on_gpu(rounding), problem.expected());
  CHECK(error < 64.0 / 1024);  // 64 products of at most 1, each factor off by half of 1/1024
  CHECK(error > 1e-4);         // what float would be within
}

TEST_CASE("linear keeps a not-a-number to its row") {
  for (auto after : {epilogue::none, epilogue::gelu, epilogue::add}) {
    linear_case<bfloat16, bfloat16> problem(3, 8, 5, after, true);
    problem.x[5 + 2] = NAN;
    cuda::device device;
    const auto y = problem.on_gpu(device);
    for (dim i = 0; i < 3 * 8; ++i) CHECK(std::isnan(float(y[i])) == (i / 8 == 1));
  }
}

TEST_CASE("linear over weights that change is linear") {
  const linear_case<float, float> problem(6, 10, 4, epilogue::none, true);
  cuda::device device;
  const device_tensor<float> x(device, problem.x), weight(device, problem.weight), bias(device, problem.bias),
      y(device, 60);
  linear_forward(device, y.as(6, 10), x.as(6, 4), weight.as(10, 4), bias.tensor());
  CHECK(y.values() == problem.on_gpu(device));
}

TEST_CASE("linear of no rows does nothing, one of misfits is refused") {
  cuda::device device;
  const device_tensor<float> x(device, 6), y(device, 6), weight(device, 6), bias(device, 3);
  linear(device, y.as(2, 3).slices(0, 0), x.as(3, 2).slices(0, 0), weight.as(3, 2), bias.tensor());
  CHECK_THROWS_WITH_AS(
      linear(device, y.as(3, 2), x.as(2, 3), weight.as(3, 2), bias.tensor()),
      "linear: y [3, 2], x [2, 3], weight [3, 2], bias [3]; expected y [R, N], x [R, K], weight "
      "[N, K], bias [N], K at least 1",
      error);
}

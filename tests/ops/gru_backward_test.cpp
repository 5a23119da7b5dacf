#include <doctest/doctest.h>

#include <eev/cpu/gru.hpp>
#include <eev/cpu/gru_backward.hpp>
#include <eev/reference/gru_backward.hpp>

#include "gradients.hpp"

using namespace eev;
using namespace eev::test;

namespace {

struct gru_backward_case {
  dim B, steps, U;
  std::vector<double> projected = random_doubles(B * steps * 6 * U, 1), weight = scaled(6 * U * U, 2),
                      bias = random_doubles(6 * U, 3), dy = random_doubles(B * steps * 2 * U, 4);

  template <class T>
  struct results {
    std::vector<T> y, dprojected, dweight, dbias;
    bool operator==(const results&) const = default;
  };

  template <class Device>
  auto run(Device& device) const {
    using T = typename Device::scalar;
    const auto of = [](const std::vector<double>& v) { return std::vector<T>(v.begin(), v.end()); };
    const auto projected_ = of(projected), weight_ = of(weight), bias_ = of(bias), dy_ = of(dy);
    std::vector<T> kept(B * steps * 8 * U);
    results<T> r{std::vector<T>(dy.size()), std::vector<T>(projected.size()), std::vector<T>(weight.size()),
                 std::vector<T>(bias.size())};
    const auto gates = shaped(kept, B, steps, 2, 4 * U);
    const auto w = shaped(weight_, 2, 3 * U, U);
    gru_forward(device, shaped(r.y, B, steps, 2 * U), gates, shaped(projected_, B, steps, 2, 3 * U), w,
                shaped(bias_, 2, 3 * U));
    gru_backward(device, shaped(r.dprojected, B, steps, 2, 3 * U), shaped(r.dweight, 2, 3 * U, U),
                 shaped(r.dbias, 2, 3 * U), shaped(dy_, B, steps, 2 * U), shaped(r.y, B, steps, 2 * U), gates,
                 w);
    return r;
  }

 private:
  /// As trained networks begin with: a standard deviation of about 1 / sqrt(U).
  std::vector<double> scaled(dim count, unsigned seed) const {
    auto values = random_doubles(count, seed);
    for (double& value : values) value *= std::sqrt(3.0 / double(U));
    return values;
  }
};

}  // namespace

TEST_CASE("the gradients of a GRU are those of finite differences") {
  gru_backward_case problem{2, 4, 3};
  reference::device<double> device;
  const auto gradients = problem.run(device);
  const auto loss = [&] { return dot(problem.run(device).y, problem.dy); };
  CHECK(gradient_error(problem.projected, gradients.dprojected, loss) < 1e-8);
  CHECK(gradient_error(problem.weight, gradients.dweight, loss) < 1e-8);
  CHECK(gradient_error(problem.bias, gradients.dbias, loss) < 1e-8);
}

TEST_CASE("the gradients of a GRU on the cpu agree with the reference at odd shapes") {
  for (auto [B, steps, U] :
       {std::array<dim, 3>{1, 1, 1}, {2, 3, 5}, {3, 13, 31}, {5, 7, 129}, {101, 2, 17}}) {
    const gru_backward_case problem{B, steps, U};
    reference::device<double> exact;
    cpu::device device(2);
    const auto ours = problem.run(device);
    const auto expected = problem.run(exact);
    CHECK(largest_difference(ours.y, expected.y) < 2e-6);                    // measured: 1.6e-7
    CHECK(largest_difference(ours.dprojected, expected.dprojected) < 5e-6);  // measured: 2.6e-7
    CHECK(largest_difference(ours.dweight, expected.dweight) < 2e-5);  // measured: 5.3e-7, of sums of 200
    CHECK(largest_difference(ours.dbias, expected.dbias) < 2e-5);      // measured: 1.1e-6
  }
}

TEST_CASE("the gradients of a GRU with rounded factors agree with the reference but for the rounding") {
  for (auto [B, steps, U] : {std::array<dim, 3>{1, 2, 1}, {3, 13, 31}, {5, 7, 129}, {101, 2, 17}}) {
    const gru_backward_case problem{B, steps, U};
    reference::device<double> exact;
    cpu::device device(2);
    device.round_factors(true);
    const auto ours = problem.run(device);
    const auto expected = problem.run(exact);
    // Factors of 8 bits. Measured: 1.7e-3, 1.6e-3, and of what steps sum up 1.8e-2 and 2.5e-3.
    CHECK(largest_difference(ours.y, expected.y) < 4e-3);
    CHECK(largest_difference(ours.dprojected, expected.dprojected) < 4e-3);
    CHECK(relative_difference(ours.dweight, expected.dweight) < 2e-2);
    CHECK(relative_difference(ours.dbias, expected.dbias) < 8e-3);
  }
}

TEST_CASE("a GRU that keeps its gates has the states of one that does not") {
  const gru_backward_case problem{3, 5, 33};
  cpu::device device(2);
  std::vector<float> y(3 * 5 * 66);
  const auto weight = as_float(problem.weight);
  const auto half = weight.begin() + 3 * 33 * 33;
  gru(device, shaped(y, 3, 5, 66), shaped(as_float(problem.projected), 3, 5, 2, 99),
      {device.pack<float>({weight.begin(), half}, 99, 33), device.pack<float>({half, weight.end()}, 99, 33)},
      shaped(as_float(problem.bias), 2, 99));
  CHECK(largest_difference(problem.run(device).y, y) < 2e-6);  // measured: 1.8e-7
}

TEST_CASE("the gradients of a GRU are the same bits with any number of threads") {
  for (auto [B, steps, U] : {std::array<dim, 3>{67, 5, 33}, {33, 3, 256}}) {
    const gru_backward_case problem{B, steps, U};
    cpu::device one(1), two(2), many(7);
    for (const bool rounded : {false, true}) {
      for (auto* device : {&one, &two, &many}) device->round_factors(rounded);
      const auto alone = problem.run(one);
      CHECK(problem.run(two) == alone);
      CHECK(problem.run(many) == alone);
    }
  }
}

TEST_CASE("the gradients of a GRU of no sequences or no steps are zero") {
  cpu::device device(2);
  CHECK(gru_backward_case{0, 4, 3}.run(device).dweight == std::vector<float>(54));
  CHECK(gru_backward_case{2, 0, 3}.run(device).dbias == std::vector<float>(18));
}

TEST_CASE("gru_forward and gru_backward refuse shapes that do not fit") {
  cpu::device device(1);
  std::vector<float> y(4), kept(16), projected(12), weight(6), bias(6), wrong(5);
  CHECK_THROWS_WITH_AS(
      gru_forward(device, shaped(y, 2, 1, 2), shaped(kept, 2, 1, 2, 4), shaped(projected, 2, 1, 2, 3),
                  shaped(weight, 2, 3, 1), shaped(wrong, 1, 5)),
      "gru_forward: y [2, 1, 2], kept [2, 1, 2, 4], projected [2, 1, 2, 3], weight [2, 3, 1], bias [1, 5]; "
      "expected y [B, T, 2U], kept [B, T, 2, 4U], projected [B, T, 2, 3U], weight [2, 3U, U], bias [2, 3U]",
      error);
  CHECK_THROWS_AS(
      gru_backward(device, shaped(projected, 2, 1, 2, 3), shaped(weight, 2, 3, 1), shaped(wrong, 1, 5),
                   shaped(y, 2, 1, 2), shaped(y, 2, 1, 2), shaped(kept, 2, 1, 2, 4), shaped(weight, 2, 3, 1)),
      error);
}

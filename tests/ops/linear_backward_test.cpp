#include <doctest/doctest.h>

#include <eev/cpu/linear_backward.hpp>
#include <eev/reference/linear_backward.hpp>

#include "gradients.hpp"

using namespace eev;
using namespace eev::test;

namespace {

struct linear_backward_case {
  dim R, N, K;
  std::vector<double> x = random_doubles(R * K, 1), weight = random_doubles(N * K, 2);
  std::vector<double> bias = random_doubles(N, 3), dy = random_doubles(R * N, 4);

  template <class T>
  struct results {
    std::vector<T> y, dx, dweight, dbias;
    bool operator==(const results&) const = default;
  };

  template <class Device>
  auto run(Device& device, epilogue after = epilogue::none) const {
    using T = typename Device::scalar;
    const auto of = [](const std::vector<double>& v) { return std::vector<T>(v.begin(), v.end()); };
    const auto x_ = of(x), weight_ = of(weight), bias_ = of(bias), dy_ = of(dy);
    results<T> r{std::vector<T>(R * N), std::vector<T>(R * K, 0.5), std::vector<T>(N * K), std::vector<T>(N)};
    linear_forward(device, shaped(r.y, R, N), shaped(x_, R, K), shaped(weight_, N, K), shaped(bias_, N));
    linear_backward(device, shaped(r.dx, R, K), shaped(r.dweight, N, K), shaped(r.dbias, N),
                    shaped(dy_, R, N), shaped(x_, R, K), shaped(weight_, N, K), after);
    return r;
  }
};

}  // namespace

TEST_CASE("the gradients of a linear layer are those of finite differences") {
  linear_backward_case problem{3, 4, 5};
  reference::device<double> device;
  const auto gradients = problem.run(device);
  const auto loss = [&] { return dot(problem.run(device).y, problem.dy); };
  CHECK(gradient_error(problem.x, gradients.dx, loss) < 1e-8);
  CHECK(gradient_error(problem.weight, gradients.dweight, loss) < 1e-8);
  CHECK(gradient_error(problem.bias, gradients.dbias, loss) < 1e-8);
}

TEST_CASE("the gradients of a linear layer on the cpu agree with the reference at odd shapes") {
  for (auto [R, N, K] : {std::array<dim, 3>{1, 1, 1}, {7, 15, 33}, {257, 15, 130}, {301, 259, 517}}) {
    const linear_backward_case problem{R, N, K};
    reference::device<double> exact;
    cpu::device device(2);
    const auto ours = problem.run(device);
    const auto expected = problem.run(exact);
    CHECK(relative_difference(ours.y, expected.y) < 5e-6);              // measured: 1.6e-6
    CHECK(relative_difference(ours.dx, expected.dx) < 5e-6);            // measured: 1.3e-6
    CHECK(relative_difference(ours.dweight, expected.dweight) < 5e-6);  // measured: 1.3e-6
    CHECK(relative_difference(ours.dbias, expected.dbias) < 5e-6);      // measured: 1.8e-6
  }
}

TEST_CASE("rounded factors give the gradients of a linear layer whose factors were of bfloat16 before") {
  for (auto [R, N, K] : {std::array<dim, 3>{1, 1, 1}, {7, 15, 33}, {257, 15, 130}, {301, 259, 1041}}) {
    const linear_backward_case problem{R, N, K};
    linear_backward_case stored = problem;
    for (auto* factor : {&stored.x, &stored.weight, &stored.dy})
      *factor = as_double(stored_as<bfloat16>(as_float(*factor)));
    reference::device<double> exact;
    cpu::device device(2);
    device.round_factors(true);
    const auto ours = problem.run(device), added = problem.run(device, epilogue::add);
    const auto expected = stored.run(exact);
    CHECK(relative_difference(ours.y, expected.y) < 3e-6);                    // measured: 9.1e-7
    CHECK(relative_difference(ours.dx, expected.dx) < 3e-6);                  // measured: 4.3e-7
    CHECK(relative_difference(ours.dweight, expected.dweight) < 3e-6);        // measured: 5.0e-7
    CHECK(relative_difference(ours.dbias, problem.run(exact).dbias) < 5e-6);  // measured: 1.7e-6
    for (std::size_t i = 0; i < ours.dx.size(); ++i)
      CHECK(added.dx[i] == doctest::Approx(ours.dx[i] + 0.5f).epsilon(1e-5));
  }
}

TEST_CASE("what is not a number stays so when factors are rounded") {
  linear_backward_case problem{3, 2, 5};
  problem.x[7] = NAN;
  cpu::device device(1);
  device.round_factors(true);
  const auto ours = problem.run(device);
  for (dim row = 0; row < 3; ++row) CHECK(std::isnan(ours.y[2 * row]) == (row == 1));
  for (dim k = 0; k < 5; ++k) CHECK(std::isnan(ours.dweight[k]) == (k == 2));
}

TEST_CASE("a gradient can be added to what is there, or left out") {
  const linear_backward_case problem{5, 3, 7};
  cpu::device device(2);
  const auto alone = problem.run(device), added = problem.run(device, epilogue::add);
  for (std::size_t i = 0; i < alone.dx.size(); ++i) CHECK(added.dx[i] == doctest::Approx(alone.dx[i] + 0.5f));
  std::vector<float> dweight(21), dbias(3);
  linear_backward(device, {}, shaped(dweight, 3, 7), shaped(dbias, 3), shaped(as_float(problem.dy), 5, 3),
                  shaped(as_float(problem.x), 5, 7), shaped(as_float(problem.weight), 3, 7));
  CHECK(dweight == alone.dweight);
}

TEST_CASE("the gradients of a linear layer are the same bits with any number of threads") {
  const linear_backward_case problem{1301, 520, 600};
  cpu::device one(1), two(2), many(5);
  for (const bool rounded : {false, true}) {
    for (auto* device : {&one, &two, &many}) device->round_factors(rounded);
    const auto alone = problem.run(one);
    CHECK(problem.run(two) == alone);
    CHECK(problem.run(many) == alone);
  }
}

TEST_CASE("the gradients of a linear layer of no rows are zero") {
  cpu::device device(2);
  const auto gradients = linear_backward_case{0, 3, 2}.run(device);
  CHECK(gradients.dweight == std::vector<float>(6));
  CHECK(gradients.dbias == std::vector<float>(3));
}

TEST_CASE("linear_backward refuses shapes that do not fit") {
  cpu::device device(1);
  std::vector<float> six(6), two(2);
  CHECK_THROWS_WITH_AS(linear_backward(device, shaped(six, 2, 3), shaped(six, 2, 3), shaped(two, 2),
                                       shaped(six, 3, 2), shaped(six, 2, 3), shaped(six, 2, 3)),
                       "linear_backward: dx [2, 3], dweight [2, 3], dbias [2], dy [3, 2], x [2, 3], weight "
                       "[2, 3]; expected dx and x [R, K], dweight and weight [N, K], dbias [N], dy [R, N]",
                       error);
}

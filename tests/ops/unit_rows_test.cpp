#include <utility>

#include <doctest/doctest.h>

#include <eev/cpu/unit_rows.hpp>
#include <eev/reference/unit_rows.hpp>

#include "golden.hpp"
#include "gradients.hpp"

using namespace eev;
using namespace eev::test;

namespace {

struct unit_rows_case {
  dim R, C;
  double length = 3;
  std::vector<double> x = random_doubles(R * C, 1), dy = random_doubles(R * C, 2);

  template <class T>
  struct results {
    std::vector<T> y, dx;
    bool operator==(const results&) const = default;
  };

  template <class Device>
  auto run(Device& device, epilogue after = epilogue::none) const {
    using T = typename Device::scalar;
    const std::vector<T> x_(x.begin(), x.end()), dy_(dy.begin(), dy.end());
    results<T> r{std::vector<T>(R * C), std::vector<T>(R * C, T(0.5))};
    unit_rows(device, shaped(r.y, R, C), shaped(x_, R, C), length);
    unit_rows_backward(device, shaped(r.dx, R, C), shaped(dy_, R, C), shaped(std::as_const(r.y), R, C),
                       shaped(x_, R, C), length, after);
    return r;
  }
};

}  // namespace

TEST_CASE("rows become as long as they are to be, one of zeros stays") {
  unit_rows_case problem{2, 2};
  problem.x = {3, 4, 0, 0};
  reference::device<double> device;
  CHECK(largest_difference(problem.run(device).y, std::vector<double>{1.8, 2.4, 0, 0}) < 1e-15);
}

TEST_CASE("unit rows of the reference, and their gradients, agree with PyTorch") {
  const golden expected("unit_rows");
  const unit_rows_case problem{3, 7, 3, expected["x"].values, expected["dy"].values};
  reference::device<double> device;
  const auto found = problem.run(device);
  CHECK(largest_difference(found.y, expected["y"].values) < 1e-12);
  CHECK(largest_difference(found.dx, expected["dx"].values) < 1e-12);
}

TEST_CASE("the gradients of unit rows are those of finite differences") {
  unit_rows_case problem{3, 5};
  reference::device<double> device;
  const auto dx = problem.run(device).dx;
  CHECK(gradient_error(problem.x, dx, [&] { return dot(problem.run(device).y, problem.dy); }) < 1e-8);
}

TEST_CASE("unit rows on the cpu agree with the reference at odd shapes, with any number of threads") {
  for (auto [R, C] : {std::pair<dim, dim>{1, 1}, {7, 131}, {0, 3}}) {
    const unit_rows_case problem{R, C};
    reference::device<double> exact;
    cpu::device one(1), three(3);
    for (const auto after : {epilogue::none, epilogue::add}) {
      const auto ours = problem.run(one, after);
      const auto expected = problem.run(exact, after);
      CHECK(largest_difference(ours.y, expected.y) < 1e-6);
      CHECK(largest_difference(ours.dx, expected.dx) < 2e-6);
      CHECK(problem.run(three, after) == ours);
    }
  }
}

TEST_CASE("unit_rows and its way back refuse shapes that do not fit") {
  cpu::device device(1);
  std::vector<float> six(6);
  CHECK_THROWS_WITH_AS(unit_rows(device, shaped(six, 3, 2), shaped(six, 2, 3), 1),
                       "unit_rows: y [3, 2], x [2, 3]; expected y like x", error);
  CHECK_THROWS_AS(unit_rows_backward(device, shaped(six, 2, 3), shaped(six, 2, 3), shaped(six, 3, 2),
                                     shaped(six, 2, 3), 1),
                  error);
}

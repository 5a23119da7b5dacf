#include <utility>

#include <doctest/doctest.h>

#include <eev/cpu/class_loss.hpp>
#include <eev/reference/class_loss.hpp>

#include "golden.hpp"
#include "gradients.hpp"

using namespace eev;
using namespace eev::test;

namespace {

/// R rows of N logits. Without classes a row's class is its number.
struct class_loss_case {
  dim R, N;
  bool classes;
  std::vector<double> logits = random_doubles(R * N, 1);

  template <class T>
  struct results {
    std::vector<T> loss, gradient;
    bool operator==(const results&) const = default;
  };

  template <class Device>
  auto run(Device& device) const {
    using T = typename Device::scalar;
    std::vector<T> wanted;
    for (dim r = 0; r < R; ++r) wanted.push_back(T((5 * r + 2) % N));
    results<T> r{{T(0.5)}, std::vector<T>(logits.begin(), logits.end())};
    const auto there = shaped(r.gradient, R, N);
    class_loss(device, shaped(r.loss, 1), there, there,
               classes ? shaped(std::as_const(wanted), R) : const_view<T, 1>{}, 0.7);
    return r;
  }
};

}  // namespace

TEST_CASE("the class loss of the reference, and its gradient, agree with PyTorch") {
  const golden expected("class_loss");
  const auto logits = expected["logits"].values, classes = expected["classes"].values;
  std::vector<double> loss(1), gradient(logits.size());
  reference::device<double> device;
  class_loss(device, shaped(loss, 1), shaped(gradient, 4, 5), shaped(logits, 4, 5), shaped(classes, 4), 1);
  CHECK(largest_difference(loss, expected["loss"].values) < 1e-12);
  CHECK(largest_difference(gradient, expected["dlogits"].values) < 1e-12);
}

TEST_CASE("the class loss of equal logits is the logarithm of how many classes there are") {
  class_loss_case problem{3, 4, true, std::vector<double>(12, 1000)};
  reference::device<double> device;
  const auto result = problem.run(device);
  CHECK(result.loss[0] == doctest::Approx(0.5 + 0.7 * std::log(4.0)).epsilon(1e-12));
  CHECK(result.gradient[2] == doctest::Approx(0.7 / 3 * (0.25 - 1)).epsilon(1e-12));
  CHECK(result.gradient[3] == doctest::Approx(0.7 / 3 * 0.25).epsilon(1e-12));
}

TEST_CASE("the gradients of the class loss are those of finite differences") {
  for (const bool classes : {false, true}) {
    class_loss_case problem{3, 5, classes};
    reference::device<double> device;
    const auto gradient = problem.run(device).gradient;
    CHECK(gradient_error(problem.logits, gradient, [&] { return problem.run(device).loss[0]; }) < 1e-9);
  }
}

TEST_CASE("the class loss on the cpu agrees with the reference at odd shapes, with any number of threads") {
  for (const auto& [R, N, classes] :
       {std::tuple<dim, dim, bool>{1, 1, false}, {7, 7, false}, {33, 517, true}, {0, 3, true}}) {
    const class_loss_case problem{R, N, classes};
    reference::device<double> exact;
    cpu::device one(1), three(3);
    const auto ours = problem.run(one);
    const auto expected = problem.run(exact);
    CHECK(ours.loss[0] == doctest::Approx(expected.loss[0]).epsilon(1e-6));
    CHECK(largest_difference(ours.gradient, expected.gradient) < 1e-6);
    CHECK(problem.run(three) == ours);
  }
}

TEST_CASE("class_loss refuses shapes that do not fit") {
  cpu::device device(1);
  std::vector<float> one(1), six(6);
  CHECK_THROWS_WITH_AS(class_loss(device, shaped(one, 1), shaped(six, 3, 2), shaped(six, 3, 2), {}, 1),
                       "class_loss: loss [1], dlogits [3, 2], logits [3, 2], classes [0]; expected loss [1], "
                       "dlogits and logits [R, N], classes [R] or none and R <= N",
                       error);
}

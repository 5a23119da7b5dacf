#include <doctest/doctest.h>

#include <eev/cpu/gate.hpp>
#include <eev/reference/gate.hpp>

#include "close.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("a gate of logit 0 lets half through, of large logits all or nothing") {
  const std::vector<float> x{3, -5, 7, 11}, logits{0, 0, 200, -200};
  const std::vector<double> expected{1.5, -2.5, 7, 0};
  std::vector<float> y(4), scores(4);
  cpu::device device(1);
  gate(device, shaped(y, 2, 2), shaped(x, 2, 2), shaped(logits, 2, 2));
  CHECK(largest_difference(y, expected) < 1e-6);
  sigmoid(device, shaped(scores, 2, 2), shaped(logits, 2, 2));
  CHECK(largest_difference(scores, std::vector<double>{0.5, 0.5, 1, 0}) < 1e-6);

  std::vector<double> exact(4);
  reference::device<double> reference;
  gate(reference, shaped(exact, 2, 2), shaped(as_double(x), 2, 2), shaped(as_double(logits), 2, 2));
  CHECK(largest_difference(exact, expected) < 1e-12);
}

TEST_CASE("gate and sigmoid on the cpu agree with the reference at odd shapes, also in place") {
  for (auto [R, C] : {std::pair<dim, dim>{1, 1}, {3, 15}, {7, 1283}}) {
    auto x = random_values(R * C, 1), logits = random_values(R * C, 2);
    for (float& logit : logits) logit *= 20;
    std::vector<double> gated(R * C), scores(R * C);
    reference::device<double> exact;
    gate(exact, shaped(gated, R, C), shaped(as_double(x), R, C), shaped(as_double(logits), R, C));
    sigmoid(exact, shaped(scores, R, C), shaped(as_double(logits), R, C));

    cpu::device device(2);
    gate(device, shaped(x, R, C), shaped(x, R, C), shaped(logits, R, C));
    sigmoid(device, shaped(logits, R, C), shaped(logits, R, C));
    CHECK(largest_difference(x, gated) < 1e-6);        // measured: 1.0e-7
    CHECK(largest_difference(logits, scores) < 1e-6);  // measured: 0.9e-7
  }
}

TEST_CASE("gate and sigmoid refuse shapes that do not fit") {
  std::vector<float> six(6), four(4);
  cpu::device device(1);
  CHECK_THROWS_WITH_AS(gate(device, shaped(six, 2, 3), shaped(six, 2, 3), shaped(four, 2, 2)),
                       "gate: y [2, 3], x [2, 3], logits [2, 2]; expected the same shape three times", error);
  CHECK_THROWS_WITH_AS(sigmoid(device, shaped(six, 2, 3), shaped(six, 3, 2)),
                       "sigmoid: y [2, 3], x [3, 2]; expected y like x", error);
}

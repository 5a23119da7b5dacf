#include <doctest/doctest.h>

#include <eev/clips/sample_labels.hpp>

#include "close.hpp"

using namespace eev;
using namespace eev::clips;
using namespace eev::test;

TEST_CASE("a second has the label row at its start, also the last, begun second") {
  for (dim rows : {0, 1, 6, 7, 33, 60}) {
    const auto labels = random_values(rows * 2, 1);
    const dim T = labelled_steps(rows);
    CHECK(6 * T >= rows);
    CHECK(6 * (T - 1) < std::max<dim>(rows, 1));
    std::vector<float> y(T * 2), expected;
    sample_labels(shaped(y, T, 2), shaped(labels, rows, 2));
    for (dim k = 0; k < rows; k += 6) expected.insert(expected.end(), {labels[2 * k], labels[2 * k + 1]});
    CHECK(y == expected);
  }
}

TEST_CASE("at 6 Hz every row is a step, at 2 Hz every third") {
  const std::vector<float> labels{0, 1, 2, 3, 4, 5, 6};
  for (dim every : {1, 3}) {
    std::vector<float> y(labelled_steps(7, every)), expected;
    sample_labels(shaped(y, dim(y.size()), 1), shaped(labels, 7, 1), every);
    for (dim k = 0; k < 7; k += every) expected.push_back(labels[k]);
    CHECK(y == expected);
  }
}

TEST_CASE("as many seconds are asked for as there are") {
  std::vector<float> y(2), labels(6);
  CHECK_THROWS_WITH_AS(
      sample_labels(shaped(y, 2, 1), shaped(labels, 6, 1)),
      "sample_labels: y [2, 1], labels [6, 1], every 6; expected y [ceil(n / every), E], labels [n, E]",
      error);
}
